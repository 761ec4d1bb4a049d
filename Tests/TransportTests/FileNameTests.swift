import Glibc
import TestKit
import Testing
import Transport

/// Names of files are bytes; each has a text of its own, by which it is found again.
@Suite struct FileNameTests {
  @Test(arguments: [
    ("plain.yaml", "plain.yaml"), ("caf\u{E9}", "caf\u{E9}"), ("back\\slash", "back\\slash"), ("\\xe9", "\\xe9"),
    ("\\xE9", "\\x5CxE9"), ("\\x00", "\\x00"),
  ]) func text(_ name: String, _ text: String) {
    #expect(FileName.text(name) == text)
  }

  private static let names: [([UInt8], String)] = [
    ([0x63, 0xE9], "c\\xE9"), ([0xFF, 0xFE], "\\xFF\\xFE"), ([0xE2, 0x82], "\\xE2\\x82"),
    ([0xC3, 0xA9, 0x80], "\u{E9}\\x80"), ([0xC0, 0x80], "\\xC0\\x80"), ([0xED, 0xA0, 0x80], "\\xED\\xA0\\x80"),
  ]

  @Test(arguments: names) func bytesThatAreNoText(_ bytes: [UInt8], _ text: String) {
    let name: [CChar] = bytes.map { CChar(bitPattern: $0) } + [0]
    #expect(FileName.text(name) == text)
  }

  @Test func aFileIsFoundByItsText() throws {
    let folder = try TemporaryFolder()
    try folder.write("x", "bytes")
    try folder.write("\\xE9", "letters")
    try folder.rename("x", to: [0xE9])
    let names = try #require(FilePaths.names(in: folder.path))
    #expect(names == ["\\x5CxE9", "\\xE9"])
    for (name, text) in zip(names, ["letters", "bytes"]) {
      let path = folder.path + "/" + name
      #expect(try FileReader.read(path) == Array(text.utf8))
      #expect(FileStatus(path)?.size == text.utf8.count && FilePaths.exists(path) && FilePaths.real(path) == path)
      // It is the file that is written, not another one of that text.
      try FileWriter.write(Array("new".utf8), to: path)
      #expect(try FileReader.read(path) == Array("new".utf8))
    }
    #expect(FilePaths.names(in: folder.path) == names)
  }

  /// What a user typed may be the name itself.
  @Test func aNameThatIsTypedIsFound() throws {
    let folder = try TemporaryFolder()
    try folder.write("\\xE9", "letters")
    #expect(try FileReader.read(folder.path + "/\\xE9") == Array("letters".utf8))
    #expect(FileName.argument(folder.path + "/\\xE9") == folder.path + "/\\x5CxE9")
    #expect(FileName.argument("\\xE9") == "\\xE9")
  }
}
