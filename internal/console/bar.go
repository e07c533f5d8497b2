package console

import (
	"time"

	"github.com/schollz/progressbar/v3"
)

// A bar is what a terminal shows of a stage.
type bar struct {
	*progressbar.ProgressBar
	total int64
}

// draw shows how far the stage is. A stage whose total changes starts another bar: what was unknown may become known.
func (c *Console) draw(done, total int64) {
	if c.bar != nil && c.bar.total != total {
		c.clear()
	}
	if c.bar == nil {
		c.bar = &bar{total: total, ProgressBar: progressbar.NewOptions64(length(total),
			progressbar.OptionSetWriter(c.Err),
			progressbar.OptionSetDescription(c.stage.name),
			progressbar.OptionSetWidth(30),
			progressbar.OptionThrottle(50*time.Millisecond),
			progressbar.OptionSetElapsedTime(false),
			progressbar.OptionSetPredictTime(false),
			progressbar.OptionSetSpinnerChangeInterval(0), // or a goroutine would draw on after clear
			progressbar.OptionClearOnFinish(),
		)}
		_ = c.bar.RenderBlank() // the terminal may be gone
	}
	_ = c.bar.Set64(min(done, max(total, 0))) // likewise
}

// length returns the length that progressbar wants to hear: -1 where the total is unknown, which makes a spinner.
func length(total int64) int64 {
	if total <= 0 {
		return -1
	}
	return total
}

func (c *Console) clear() {
	if c.bar != nil {
		_ = c.bar.Clear() // the terminal may be gone
		c.bar = nil
	}
}
