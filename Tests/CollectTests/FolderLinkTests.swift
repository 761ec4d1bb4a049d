import Collect
import Findings
import Images
import TestKit
import Testing

/// Kind: links and folders of a tree that are passed over, so that what they hold is taken for judged.
@Suite struct FolderLinkTests {
  private static func read(_ folder: TemporaryFolder) async throws -> ImageSource.Contents {
    try await ImageSource.read(folder.path)
  }

  @Test(arguments: [
    ("requirements.txt", "/etc/hostname", true), ("requirements.txt", "nothing-here", true),
    ("yarn.lock", "../elsewhere", true), ("lib", "/etc", true), ("notes.md", "/etc/hostname", false),
    ("requirements.txt", "requirements-own.txt", false), ("lib", "own", false),
  ])
  func linksThatLeadOut(_ name: String, _ target: String, _ isTold: Bool) async throws {
    let folder = try TemporaryFolder()
    try folder.write("requirements-own.txt", "flask==2.0\n")
    try folder.write("own/requirements.txt", "django==2.2\n")
    try folder.link(name, to: target)
    let contents = try await Self.read(folder)
    #expect(contents.packages.map(\.name).sorted() == ["django", "flask"])
    #expect(contents.problems.contains { $0.hidesInput && $0.location.file == folder.path + "/" + name } == isTold)
  }

  /// What a link of another name leads to within the folder is read by the link's name.
  @Test func linksWithin() async throws {
    let folder = try TemporaryFolder()
    try folder.write("deps.list", "flask==2.0\n")
    try folder.link("requirements.txt", to: "deps.list")
    let contents = try await Self.read(folder)
    #expect(contents.packages.map { "\($0.name) \($0.path)" } == ["flask requirements.txt"])
    #expect(contents.problems.isEmpty)
  }

  /// In an unpacked file system a link from the root is meant from its own root, and links of packages that are not there are usual.
  @Test func linksOfFileSystems() async throws {
    let folder = try TemporaryFolder()
    try folder.write("etc/os-release", "ID=debian\nVERSION_ID=12\n")
    try folder.write("var/lib/dpkg/status", "Package: a\nStatus: install ok installed\nVersion: 1\n\n")
    try folder.link("etc/mtab", to: "/proc/self/mounts")
    try folder.link("lib.jar", to: "/usr/share/java/none.jar")
    try folder.link("var/run", to: "/run")
    #expect(try await Self.read(folder).problems.isEmpty)
  }

  /// `sys` and `proc` are what the kernel shows of itself only where they are of another device.
  @Test func foldersOfTheSystemsNames() async throws {
    let folder = try TemporaryFolder()
    try folder.write("sys/requirements.txt", "flask==2.0\n")
    try folder.write("src/proc/requirements.txt", "django==2.2\n")
    #expect(try await Self.read(folder).packages.map(\.name).sorted() == ["django", "flask"])
    try folder.write("etc/os-release", "ID=debian\nVERSION_ID=12\n")
    #expect(try await Self.read(folder).packages.map(\.name).sorted() == ["django", "flask"])
  }

  /// Dependencies without a version are told once for each file, and the whole is not taken for whole.
  @Test func whatIsNotJudgedIsTold() async throws {
    let folder = try TemporaryFolder()
    try folder.write("requirements.txt", "flask==2.0\na>=1\nb\n")
    try folder.write("web/package.json", #"{"dependencies":{"c":"1"}}"#)
    let contents = try await Self.read(folder)
    #expect(
      contents.unresolved.map(\.title) == [
        "a (requirements.txt:2)", "b (requirements.txt:3)", "c (web/package.json:1)",
      ])
    #expect(
      contents.problems.map(\.code) == [.notJudged, .notJudged] && contents.problems.allSatisfy { $0.hidesInput })
  }

  /// One component and several, of a bill that tells no package URL of them.
  @Test(arguments: [
    (#"{"type":"library","name":"a","version":"1"}"#, "1 component has no package URL"),
    (#"{"name":"a"},{"name":"b"}"#, "2 components have no package URL"),
  ])
  func componentsWithoutAnAddress(_ components: String, _ expected: String) async throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "bill.json", #"{"bomFormat":"CycloneDX","specVersion":"1.5","components":[\#(components)]}"#)
    let contents = try await ImageSource.read(folder.path + "/bill.json")
    #expect(contents.problems.contains { $0.message.hasPrefix(expected) }, "\(contents.problems.map(\.message))")
    #expect(contents.unresolved.count == components.split(separator: "},{").count)
  }
}
