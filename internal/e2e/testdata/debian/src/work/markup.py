"""lxml with libxml2, libxslt and libexslt; PyYAML with libyaml; MarkupSafe."""
import io

import lxml.etree
import lxml.html
import lxml.html.clean
import lxml.objectify
import markupsafe
import markupsafe._speedups
import yaml

BOOKS = """<shelf xmlns:b="urn:b"><book id="1"><title>Ä</title><price>12.5</price></book>
<book id="2"><title>B &amp; C</title><price>7</price></book><b:note/></shelf>"""

SHEET = """<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:m="http://exslt.org/math"
  xmlns:s="http://exslt.org/strings" xmlns:f="urn:f" exclude-result-prefixes="m s f">
<xsl:param name="tax"/><xsl:key name="ids" match="book" use="@id"/>
<xsl:template match="/"><sum dearest="{m:max(//price)}" of="{key('ids', '2')/title}"><xsl:value-of select="sum(//price) * $tax"/>
<xsl:for-each select="s:tokenize('a b')"><t><xsl:value-of select="f:loud(.)"/></t></xsl:for-each></sum></xsl:template>
</xsl:stylesheet>"""


def versions():
    e = lxml.etree
    return [e.LXML_VERSION, e.LIBXML_VERSION, e.LIBXML_COMPILED_VERSION, e.LIBXSLT_VERSION]


def transformation():
    loud = {("urn:f", "loud"): lambda context, nodes: nodes[0].text.upper()}
    sheet = lxml.etree.XSLT(lxml.etree.XML(SHEET), extensions=loud)
    return str(sheet(lxml.etree.XML(BOOKS), tax="2"))


def paths():
    tree = lxml.etree.XML(BOOKS)
    return [
        tree.xpath("//book[price > 10]/@id"),
        tree.xpath("count(//n:note)", namespaces={"n": "urn:b"}),
        tree.xpath("re:test('abc', '^A', 'i')", namespaces={"re": "http://exslt.org/regular-expressions"}),
        lxml.etree.tostring(tree, method="c14n").decode(),
    ]


def schemas():
    relax = lxml.etree.RelaxNG(lxml.etree.XML("""<element name="a" xmlns="http://relaxng.org/ns/structure/1.0"
        datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes"><data type="integer"/></element>"""))
    schema = lxml.etree.XMLSchema(lxml.etree.XML("""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
        <xs:element name="a" type="xs:date"/></xs:schema>"""))
    found = []
    for text in ("<a>12</a>", "<a>2024-02-30</a>", "<a>2024-02-29</a>"):
        for kind in (relax, schema):
            found += [kind.validate(lxml.etree.XML(text)), str(kind.error_log)]
    return found


def objects():
    root = lxml.objectify.fromstring(BOOKS)
    root.book[1].price += 1
    return [str(root.book[0].title), float(root.book[1].price), [type(b.price).__name__ for b in root.book], lxml.objectify.dump(root)]


def pages():
    page = lxml.html.fromstring("<p>One<br>two <a href='/x'>three</a><script>4</script>")
    page.make_links_absolute("http://example.com/")
    return [lxml.html.tostring(page).decode(), lxml.html.clean.clean_html("<p onclick=x>a<script>b</script>")]


def events():
    return [(event, e.tag) for event, e in lxml.etree.iterparse(io.BytesIO(BOOKS.encode()), events=("start", "end"))]


def errors():
    try:
        lxml.etree.XML("<a><b></a>")
    except lxml.etree.XMLSyntaxError as e:
        return [str(e), e.position]


def resolvers():
    class Resolver(lxml.etree.Resolver):
        def resolve(self, url, public, context):
            return self.resolve_string(f"<!ENTITY who '{url}'>", context)

    parser = lxml.etree.XMLParser(load_dtd=True)
    parser.resolvers.add(Resolver())
    return lxml.etree.tostring(lxml.etree.fromstring("<!DOCTYPE a SYSTEM 'some:thing'><a>&who;</a>", parser)).decode()


DOCUMENT = """
- &a {name: Ünder, list: [1, 2.5, ~, true, 0x1f]}
- <<: *a
  when: 2001-12-14t21:59:43.10-05:00
  text: |
    two
    lines
- !!binary aGVsbG8=
- !!set {x, y}
"""


def yaml_by_c():
    by_c = yaml.load(DOCUMENT, Loader=yaml.CSafeLoader)
    assert by_c == yaml.load(DOCUMENT, Loader=yaml.SafeLoader)
    dumped = yaml.dump(by_c, Dumper=yaml.CSafeDumper, allow_unicode=True)
    assert yaml.load(dumped, Loader=yaml.SafeLoader) == by_c
    return [yaml._yaml.get_version_string(), dumped, yaml.dump(by_c, Dumper=yaml.SafeDumper)]


def yaml_errors():
    found = []
    for loader in (yaml.CSafeLoader, yaml.SafeLoader):
        try:
            yaml.load("a: [1, 2", Loader=loader)
        except yaml.YAMLError as e:
            found.append(str(e))
    return found


def escapes():
    assert markupsafe.escape is markupsafe._speedups.escape
    return str(markupsafe.Markup("<b>%s</b>") % "<i>&'\"ä")
