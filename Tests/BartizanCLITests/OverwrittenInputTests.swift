import Glibc
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
      // What the baseline knows is not in the report that is compared with it.
      ["scan", a, "--baseline", b, "-o", "json=" + b],
    ] {
      #expect(OverwrittenInput.file(words) != nil, "\(words)")
    }
    for words in [
      ["scan", a, "-o", "json=" + b], ["scan", a, "-o", "json"],
      ["scan", a, "--baseline", b, "-o", "json=" + a + ".new"], ["scan", a, "-o", "/dev/null"],
    ] {
      #expect(OverwrittenInput.file(words) == nil, "\(words)")
    }
  }

  /// A folder that is read has files that a report would replace; one that is not there yet is no such file, nor is the report of an
  /// earlier run.
  @Test func filesOfFoldersThatAreRead() throws {
    let folder = try TemporaryFolder()
    for (name, text) in [
      ("m/p.yaml", "kind: Pod\n"), ("m/deep/requirements.txt", "x==1\n"), ("m/empty.json", ""),
      ("m/report.json", "{\n  \"apiVersion\": \"bartizan.dev/v1\",\n  \"kind\": \"ScanReport\"}"),
      ("m/report.sarif", #"{"$schema":"s","runs":[{"tool":{"driver":{"name":"Bartizan"}}}]}"#),
      ("m/other.sarif", #"{"$schema":"s","runs":[{"tool":{"driver":{"name":"Other"}}}]}"#),
      ("m/sa.json", #"{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"bartizan"}}"#),
      ("m/report.md", "# Bartizan: 2 findings\n"), ("m/README.md", "# The application\n"),
    ] {
      try folder.write(name, text)
    }
    let m = folder.path + "/m"
    for (output, isRefused) in [
      ("json=\(m)/p.yaml", true), ("\(m)/p.yaml", true), ("\(m)/deep/../p.yaml", true),
      ("table=\(m)/deep/requirements.txt", true), ("\(m)/new.json", false), ("json=\(m)/report.json", false),
      ("sarif=\(m)/report.sarif", false), ("sarif=\(m)/other.sarif", true), ("json=\(m)/sa.json", true),
      ("markdown=\(m)/report.md", false), ("markdown=\(m)/README.md", true), ("json=\(m)/empty.json", false),
      ("json", false), (m, false),
    ] {
      for words in [
        ["scan", m, "-o", output], ["scan", "-f", m, "--output=" + output], ["scan", "--file=" + m, "-o", output],
        ["image", "sbom", m, "-o", output], ["scan", "--exceptions=" + m, "-o", output, "x.yaml"],
        ["scan", "-o", output, "--", m],
      ] {
        #expect((OverwrittenInput.file(words) != nil) == isRefused, "\(words)")
      }
      // The value of what is no path.
      #expect(OverwrittenInput.file(["scan", "x.yaml", "--namespace", m, "-o", output]) == nil)
    }
  }

  /// Another name of the same file is the same file.
  @Test func otherNamesOfWhatIsRead() throws {
    let folder = try TemporaryFolder()
    try folder.write("a.yaml", "kind: Pod\n")
    let (a, b) = (folder.path + "/a.yaml", folder.path + "/b.yaml")
    #expect(link(a, b) == 0)
    #expect(OverwrittenInput.file(["scan", a, "-o", b]) != nil)
    #expect(OverwrittenInput.file(["scan", "--exceptions=" + a, "-o", b, "x.yaml"]) != nil)
  }
}
