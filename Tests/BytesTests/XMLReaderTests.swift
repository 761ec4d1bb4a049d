import Bytes
import Testing

@Suite struct XMLReaderTests {
  @Test func elementsAreRead() throws {
    let root = try XMLReader.read(
      Array(
        """
        \u{FEFF}<?xml version="1.0"?>
        <a:root xmlns:a="urn:x" k='1 &lt; 2'>
          <!-- <not/> --><b>one &amp; <![CDATA[<two>]]></b><b/>
          <c>&#x41;&#66;</c >
        </a:root>
        """.utf8))
    #expect(root.name == "root" && root.attributes["k"] == "1 < 2")
    #expect(root.all("b").map(\.text) == ["one & <two>", ""])
    #expect(root["c"]?.text == "AB" && root["c"]?.line == 4)
  }

  @Test(arguments: [
    "", "text", "<a>", "<a></b>", "<a/><b/>", "<a b></a>", "<a b=c></a>", "<a>&x;</a>", "<a>&lt</a>", "<a", "<a b='",
    "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", "<a><![CDATA[", "<a>&#xD800;</a>", "</a>", "<a/>text", "<?x",
  ])
  func brokenDocumentsAreRefused(_ text: String) {
    #expect(throws: DocumentError.self) { try XMLReader.read(Array(text.utf8)) }
  }

  @Test func depthIsBounded() {
    let deep = String(repeating: "<a>", count: 10_000)
    #expect(throws: DocumentError.self) { try XMLReader.read(Array(deep.utf8)) }
  }
}
