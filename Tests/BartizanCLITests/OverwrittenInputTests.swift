import TestKit
import Testing

@testable import BartizanCLI

/// A report never replaces what it is about.
@Suite struct OverwrittenInputTests {
  @Test func whatIsReadIsNotWritten() throws {
    let folder = try TemporaryFolder()
    try folder.write("a.yaml", "kind: Pod\n")
    try folder.write("b.json", "{}")
    let (a, b) = (folder.path + "/a.yaml", folder.path + "/b.json")
    for words in [
      ["scan", a, "-o", a], ["scan", a, "-o", "json=" + a], ["scan", "--output=table=" + a, folder.path + "/./a.yaml"],
      ["image", "scan", "x.tar", "--exceptions", a, "-o", "json=" + a],
    ] {
      #expect(OverwrittenInput.file(words) != nil, "\(words)")
    }
    for words in [
      ["scan", a, "-o", "json=" + b], ["scan", a, "-o", "json"], ["scan", folder.path, "-o", b],
      ["scan", a, "--baseline", b, "-o", "json=" + b], ["scan", a, "-o", "/dev/null"],
    ] {
      #expect(OverwrittenInput.file(words) == nil, "\(words)")
    }
  }
}
