"""Pillow, with libjpeg, libtiff, libopenjp2, libwebp, libfreetype and what they are linked with."""
import hashlib
import io

from PIL import Image, ImageCms, ImageDraw, ImageFilter, ImageFont, ImageMath, features


def _picture(mode="RGB"):
    image = Image.linear_gradient("L").resize((96, 64))
    return Image.merge("RGB", (image, image.rotate(180), image.transpose(Image.Transpose.FLIP_LEFT_RIGHT))).convert(mode)


def _digest(image):
    return f"{image.mode} {image.size} {hashlib.sha256(image.tobytes()).hexdigest()[:16]}"


def modules():
    return {m: [features.check(m), features.version(m)] for m in features.get_supported()}


def scaled():
    return [_digest(_picture().resize((31, 17), how)) for how in (Image.NEAREST, Image.BILINEAR, Image.BICUBIC, Image.LANCZOS)]


def filtered():
    p = _picture()
    return [_digest(p.filter(f)) for f in (ImageFilter.GaussianBlur(2), ImageFilter.UnsharpMask(), ImageFilter.MedianFilter(3))]


def formats():
    found = {}
    for kind, options in {
        "PNG": {}, "JPEG": {"quality": 80}, "TIFF": {"compression": "tiff_lzw"}, "GIF": {}, "WEBP": {"lossless": True}, "JPEG2000": {},
        "BMP": {}, "PPM": {}, "ICO": {"sizes": [(32, 32)]}, "PDF": {}, "TGA": {},
    }.items():
        out = io.BytesIO()
        try:
            _picture("P" if kind == "GIF" else "RGB").save(out, kind, **options)
        except (KeyError, OSError) as e:
            found[kind] = repr(e)
            continue
        out.seek(0)
        found[kind] = [len(out.getvalue()), _digest(Image.open(out)) if kind != "PDF" else ""]
    return found


def drawn():
    image = Image.new("RGB", (80, 40), "white")
    draw = ImageDraw.Draw(image)
    draw.ellipse((5, 5, 60, 30), fill=(200, 10, 20), outline="blue")
    draw.text((10, 10), "text", font=ImageFont.load_default(), fill="black")
    return _digest(image)


def colours():
    srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    return _digest(ImageCms.profileToProfile(_picture(), srgb, lab, outputMode="LAB"))


def evaluated():
    return _digest(ImageMath.eval("convert(a * 2 - b / 3, 'L')", a=_picture("L"), b=_picture("L").rotate(90)))


def broken():
    out = io.BytesIO()
    _picture().save(out, "JPEG")
    try:
        Image.open(io.BytesIO(out.getvalue()[:300])).load()
    except OSError as e:
        return str(e)


def arrays():
    import numpy as np
    a = np.asarray(_picture())
    return [a.shape, int(a.sum()), _digest(Image.fromarray(a[::2, ::-1].copy()))]
