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
    #expect(snapshot.objects.map(\.name) == ["hidden", "c", "z", "b", "kept"])
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
    // A folder is as much as a file.
    try folder.link("away", to: outside.path)
    let other = try await Self.snapshot(folder.path)
    #expect(other.problems.map(\.code.rawValue).sorted() == ["broken-link", "link-out", "link-out"])
    #expect(other.problems.allSatisfy { $0.hidesInput })
  }

  /// The system's names are bytes. Two files of one text would be one that is read twice.
  @Test func namesThatAreNoUTF8AreRead() async throws {
    let folder = try TemporaryFolder()
    try folder.write("a.yaml", Self.pod("a"))
    try folder.write("\\xE9.yaml", Self.pod("literal"))
    try folder.write("b/c.yaml", Self.pod("c"))
    try folder.rename("a.yaml", to: [0xE9] + Array(".yaml".utf8))
    try folder.rename("b", to: [0xE9, 0x64])
    let snapshot = try await Self.snapshot(folder.path)
    #expect(snapshot.problems.isEmpty)
    #expect(
      Dictionary(uniqueKeysWithValues: snapshot.objects.map { ($0.name, String($0.file.dropFirst(folder.path.count))) })
        == ["a": "/\\xE9.yaml", "literal": "/\\x5CxE9.yaml", "c": "/\\xE9d/c.yaml"])
    // As the report calls it.
    #expect(try await Self.snapshot(folder.path + "/\\xE9d").objects.map(\.name) == ["c"])
  }

  /// The same files give the same answer in a folder and in a tar archive of it.
  @Test(arguments: [false, true]) func hiddenFilesAreReadExceptThoseOfTools(_ isPacked: Bool) async throws {
    let files = [
      (".ci/pod.yaml", Self.pod("ci")), (".pod.yml", Self.pod("hidden")), (".git/pod.yaml", Self.pod("git")),
      (".venv/lib/pod.yaml", Self.pod("venv")), (".github/workflows/x.yml", "on: [push]\njobs: {}\n"),
      // A dialect of its own, and what macOS leaves beside a file.
      (".eslintrc.json", "{ // why\n  \"a\": 1,\n}\n"), ("._pod.yaml", "\u{0}\u{5}\u{16}\u{7}\u{0}\u{2}"),
      ("a.yaml", Self.pod("a")),
    ]
    let folder = try TemporaryFolder()
    for (name, text) in files where !isPacked { try folder.write(name, text) }
    if isPacked { try folder.write("all.tar", TarBuilder.archive(files)) }
    let snapshot = try await Self.snapshot(folder.path)
    #expect(Set(snapshot.objects.map(\.name)) == ["ci", "hidden", "a"])
    #expect(snapshot.problems.map(\.code) == ["tool-folders"])
    #expect(snapshot.problems.allSatisfy { !$0.hidesInput && $0.message.contains(": .venv;") })
  }

  /// Volumes of ConfigMaps are links into a hidden folder, whose files are read once.
  @Test func volumesAreReadOnce() async throws {
    let folder = try TemporaryFolder()
    try folder.write("..2026_11_30/a.yaml", Self.pod("a"))
    try folder.write("..2026_11_30/unlinked.yaml", Self.pod("unlinked"))
    try folder.link("..data", to: "..2026_11_30")
    try folder.link("a.yaml", to: "..data/a.yaml")
    let snapshot = try await Self.snapshot(folder.path)
    #expect(snapshot.objects.map(\.name) == ["unlinked", "a"] && snapshot.problems.isEmpty)
    #expect(snapshot.objects.last?.file == folder.path + "/a.yaml")
  }

  @Test(arguments: [false, true]) func archivesWithinAreRead(_ isPacked: Bool) async throws {
    let inner = TarBuilder.archive([("b.yaml", Self.pod("b"))])
    let files: [(String, [UInt8])] = try [
      ("m.tar", inner), ("m.tgz", TarBuilder.compressed(inner)),
      ("z.yaml.gz", Gzip.compress(Array(Self.pod("z").utf8))),
      ("s.yaml.zst", Zstandard.pack(Array(Self.pod("s").utf8))), ("x.tar.xz", [0xFD, 0x37]),
      ("y.yaml.bz2", [0x42, 0x5A]),
      ("app.zip", [0x50, 0x4B, 0x03, 0x04]), ("notes.bin", [1]), ("c.txt", Array(Self.pod("c").utf8)),
    ]
    let folder = try TemporaryFolder()
    for (name, bytes) in files where !isPacked { try folder.write("d/" + name, bytes) }
    if isPacked { try folder.write("all.tar", TarBuilder.archive(bytes: files)) }
    let snapshot = try await Self.snapshot(folder.path)
    #expect(snapshot.objects.map(\.name).sorted() == ["b", "b", "s", "z"])
    #expect(snapshot.problems.map(\.code.rawValue).sorted() == ["archive", "packed", "packed", "passed-over"])
    #expect(snapshot.problems.filter(\.hidesInput).count == 3)
  }

  /// However deep archives stand in one another, the reading ends, and says where.
  @Test func archivesInArchivesEnd() async throws {
    let folder = try TemporaryFolder()
    var archive = TarBuilder.archive([("a.yaml", Self.pod("a"))])
    for _ in 0..<6 { archive = TarBuilder.archive(bytes: [("in.tar", archive)]) }
    try folder.write("deep.tar", archive)
    let snapshot = try await Self.snapshot(folder.path + "/deep.tar")
    #expect(snapshot.objects.isEmpty && snapshot.problems.map(\.code) == ["too-deep"])
  }

  @Test func aPipeIsNamed() async throws {
    let folder = try TemporaryFolder()
    try folder.write("a.yaml", Self.pod("a"))
    mkfifo(folder.path + "/p.yaml", 0o600)
    mkfifo(folder.path + "/other", 0o600)
    let snapshot = try await Self.snapshot(folder.path)
    #expect(snapshot.problems.map(\.code) == ["special-file"] && snapshot.problems.allSatisfy(\.hidesInput))
  }

  @Test func linksOfAnArchiveAreToldWhereTheyHideSomething() async throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "l.tar",
      TarBuilder.link("in.yaml", to: "real/a.yaml") + TarBuilder.link("current", to: "real")
        + TarBuilder.link("out", to: "../elsewhere") + TarBuilder.link("gone.yaml", to: "nothing.yaml")
        + TarBuilder.archive([("real/a.yaml", Self.pod("a"))]))
    let snapshot = try await Self.snapshot(folder.path + "/l.tar")
    #expect(snapshot.objects.map(\.name) == ["a"])
    #expect(
      snapshot.problems.map { $0.message.contains("\"out\"") || $0.message.contains("\"gone.yaml\"") } == [true, true])
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
