import Bytes
import Collect
import Findings
import Glibc
import Kube
import TestKit
import Testing

@Suite struct PathSourceTests {
  private static let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: NAME}\n"

  private static func pod(_ name: String) -> String {
    "apiVersion: v1\nkind: Pod\nmetadata: {name: \(name)}\n"
  }

  private static func snapshot(_ path: String, limits: Limits = .standard) async throws -> ClusterSnapshot {
    try await Sources.snapshot([PathSource(path, limits: limits)])
  }

  @Test func foldersAreReadInOrderAndIgnoreFilesHeeded() async throws {
    let folder = try TemporaryFolder()
    try folder.write("b.yaml", Self.pod("b"))
    try folder.write("a/z.yml", Self.pod("z"))
    try folder.write("a/c.json", "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"c\"}}")
    try folder.write("notes.txt", "not: read")
    try folder.write(".hidden/x.yaml", Self.pod("hidden"))
    try folder.write("vendor/v.yaml", Self.pod("vendored"))
    try folder.write("b-test.yaml", Self.pod("test"))
    try folder.write("keep-test.yaml", Self.pod("kept"))
    try folder.write(".bartizanignore", "# comment\nvendor/\n*-test.yaml\n!keep-test.yaml\n")
    let snapshot = try await Self.snapshot(folder.path)
    #expect(snapshot.objects.map(\.name) == ["c", "z", "b", "kept"])
    // It is told, and does not make the scan partial.
    #expect(snapshot.problems.map(\.message) == ["1 file and 1 folder left out by .bartizanignore"])
    #expect(snapshot.problems.allSatisfy { !$0.hidesInput })
  }

  /// kubectl reads no file of another name either, but does not say so.
  @Test func manifestsOfAnotherNameAreToldOf() async throws {
    let folder = try TemporaryFolder()
    try folder.write("a.yaml", Self.pod("a"))
    try folder.write("notes.txt", "# kind: of a note\n")
    try folder.write("README.md", Self.pod("example"))
    try folder.write("main.go", Self.pod("code"))
    #expect(try await Self.snapshot(folder.path).problems.isEmpty)
    for name in ["b.yaml.tmpl", "c.txt", "d.yaml~", "e.yaml.bak", "f.yml.j2"] {
      try folder.write(name, Self.pod("other"))
    }
    let snapshot = try await Self.snapshot(folder.path)
    #expect(snapshot.objects.map(\.name) == ["a"])
    #expect(snapshot.problems.map(\.code) == ["passed-over"])
    #expect(snapshot.problems.allSatisfy { !$0.hidesInput && $0.message.hasPrefix("5 files") })
    try folder.write(".bartizanignore", "*.tmpl\n*.txt\n*~\n*.bak\n*.j2\n")
    #expect(try await Self.snapshot(folder.path).problems.isEmpty)
  }

  @Test func oneBrokenFileAmongManyIsReportedAndTheRestRead() async throws {
    let folder = try TemporaryFolder()
    for index in 0..<30 { try folder.write("p\(index).yaml", Self.pod("p\(index)")) }
    try folder.write("broken.yaml", "a: [1\n")
    try folder.write("binary.yaml", "a\u{0}b")
    let snapshot = try await Self.snapshot(folder.path)
    #expect(snapshot.objects.count == 30)
    #expect(snapshot.problems.map(\.code) == ["binary", "syntax"])
    #expect(snapshot.problems.allSatisfy { $0.hidesInput })
  }

  @Test func linksThatLeadOutAreNotFollowed() async throws {
    let outside = try TemporaryFolder()
    try outside.write("secret.yaml", Self.pod("secret"))
    let folder = try TemporaryFolder()
    try folder.write("real/in.yaml", Self.pod("in"))
    try folder.link("out.yaml", to: outside.path + "/secret.yaml")
    try folder.link("inner.yaml", to: folder.path + "/real/in.yaml")
    try folder.link("loop", to: folder.path)
    try folder.link("gone.yaml", to: folder.path + "/nothing.yaml")
    let snapshot = try await Self.snapshot(folder.path)
    #expect(snapshot.objects.map(\.name) == ["in", "in"])
    #expect(snapshot.problems.map(\.code.rawValue).sorted() == ["broken-link", "link-out"])
  }

  /// As git does it: the files of the folders above count, up to the root of the repository and no further.
  ///
  /// Source: gitignore(5), "Description".
  @Test(arguments: [true, false]) func ignoreFilesOfTheFoldersAbove(_ isRepository: Bool) async throws {
    let folder = try TemporaryFolder()
    if isRepository { try folder.write("repo/.git/HEAD", "ref: refs/heads/main\n") }
    try folder.write(".bartizanignore", "*.yaml\n")
    try folder.write("repo/.bartizanignore", "left.yaml\n/env/prod/anchored.yaml\nvendor/\n")
    for name in ["left", "anchored", "kept"] { try folder.write("repo/env/prod/\(name).yaml", Self.pod(name)) }
    try folder.write("repo/env/prod/vendor/in.yaml", Self.pod("in"))
    let snapshot = try await Self.snapshot(folder.path + "/repo/env/prod")
    #expect(
      snapshot.objects.map(\.name).sorted() == (isRepository ? ["kept"] : ["anchored", "in", "kept", "left"]))
    // What is named itself is read.
    let named = try await Self.snapshot(folder.path + "/repo/env/prod/vendor")
    #expect(named.objects.map(\.name) == ["in"])
  }

  /// A folder whose manifests are all left out has some.
  @Test func everythingMayBeLeftOut() async throws {
    let folder = try TemporaryFolder()
    try folder.write("in.yaml", Self.pod("in"))
    try folder.write(".bartizanignore", "*.yaml\n")
    let snapshot = try await Self.snapshot(folder.path)
    #expect(snapshot.objects.isEmpty)
    #expect(
      snapshot.problems.map(\.message).sorted() == [
        "1 file left out by .bartizanignore", "no manifest below it but what .bartizanignore leaves out",
      ])
  }

  /// What leaves files out is a plain file; a link and a pipe are said, and nothing waits for them.
  @Test(
    "registry/10-bartizanignore-hangs: what leaves files out is a plain file", arguments: ["link", "device", "pipe"])
  func anIgnoreFileIsAPlainFile(_ kind: String) async throws {
    let folder = try TemporaryFolder()
    try folder.write("real", "in.yaml\n")
    try folder.write("in.yaml", Self.pod("in"))
    switch kind {
    case "pipe": mkfifo(folder.path + "/.bartizanignore", 0o600)
    default: try folder.link(".bartizanignore", to: kind == "link" ? "real" : "/dev/zero")
    }
    let snapshot = try await Self.snapshot(folder.path)
    #expect(snapshot.objects.map(\.name) == ["in"])
    #expect(snapshot.problems.map(\.code) == ["unreadable"] && snapshot.problems.allSatisfy { !$0.hidesInput })
  }

  @Test func archivesAreReadWithinThemselves() async throws {
    let folder = try TemporaryFolder()
    let archive = TarBuilder.archive([
      ("m/a.yaml", Self.pod("a")), ("../evil.yaml", Self.pod("evil")), ("m/readme.md", "x"),
    ])
    try folder.write("c.tar", archive)
    let snapshot = try await Self.snapshot(folder.path + "/c.tar")
    #expect(snapshot.objects.map(\.name) == ["a"])
    #expect(snapshot.objects.first?.file.hasSuffix("c.tar!m/a.yaml") == true)
    #expect(snapshot.problems.map(\.code) == ["archive"])
  }

  @Test func aFileBeyondTheLimitIsNamedNotRead() async throws {
    let folder = try TemporaryFolder()
    try folder.write("big.yaml", Self.pod("big") + String(repeating: "# padding\n", count: 1000))
    try folder.write("small.yaml", Self.pod("small"))
    var limits = Limits()
    limits.inputBytes = 4096
    let snapshot = try await Self.snapshot(folder.path, limits: limits)
    #expect(snapshot.objects.map(\.name) == ["small"])
    #expect(snapshot.problems.count == 1 && snapshot.problems[0].location.file.hasSuffix("big.yaml"))
  }

  @Test func aChartIsNamedOnceNotReadHalf() async throws {
    let folder = try TemporaryFolder()
    try folder.write("Chart.yaml", "name: x\n")
    try folder.write("values.yaml", "a: 1\n")
    try folder.write("templates/a.yaml", "a: {{ .Values.a }}\n")
    try folder.write("templates/b.yaml", Self.pod("b"))
    let snapshot = try await Self.snapshot(folder.path)
    #expect(snapshot.objects.isEmpty)
    #expect(snapshot.problems.map(\.code) == ["not-rendered"])
  }

  @Test func whatDoesNotExistIsAnError() async {
    await #expect(throws: BartizanError.self) { try await Self.snapshot("/nonexistent/folder") }
  }
}
