import Bytes
import Findings
import Glibc
import TestKit
import Testing
import Transport

@Suite struct FileWriterTests {
  private static func status(_ path: String) -> stat {
    var status = stat()
    lstat(path, &status)
    return status
  }

  private static func kind(_ path: String) -> mode_t { status(path).st_mode & S_IFMT }

  private static func text(_ path: String) -> String {
    (try? FileReader.read(path)).map { String(decoding: $0, as: UTF8.self) } ?? "unreadable"
  }

  private static let new = Array("new".utf8)

  @Test func aNewFileComesAboutWhole() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/report"
    try FileWriter.write(path) { write in
      write(Array("ne".utf8))
      // Nobody sees half of it.
      #expect(!FilePaths.exists(path))
      write(Array("w".utf8))
    }
    #expect(Self.text(path) == "new" && FilePaths.names(in: folder.path) == ["report"])
    // As any other program would have made it.
    let other = open(folder.path + "/other", O_WRONLY | O_CREAT, 0o666)
    close(other)
    #expect(Self.status(path).st_mode == Self.status(folder.path + "/other").st_mode)
  }

  @Test(
    "newcomer/01-output-replaces-target: a file keeps its rights", arguments: [0o600, 0o644, 0o755, 0o4750] as [mode_t])
  func aFileKeepsItsRights(_ mode: mode_t) throws {
    let folder = try TemporaryFolder()
    try folder.write("report", "old")
    let path = folder.path + "/report"
    chmod(path, mode)
    let before = Self.status(path)
    try FileWriter.write(Self.new, to: path)
    let after = Self.status(path)
    #expect(Self.text(path) == "new" && after.st_mode == before.st_mode && after.st_uid == before.st_uid)
    // By a rename: whoever has the old one open reads it to its end.
    #expect(after.st_ino != before.st_ino && FilePaths.names(in: folder.path) == ["report"])
  }

  @Test(
    "newcomer/01-output-replaces-target: links are followed", arguments: [true, false]) func linksAreFollowed(
      _ isDangling: Bool
    ) throws
  {
    let folder = try TemporaryFolder()
    try folder.write("there/x", "")
    if !isDangling { try folder.write("there/real", "old") }
    try folder.link("second", to: "there/real")
    try folder.link("first", to: folder.path + "/second")
    try FileWriter.write(Self.new, to: folder.path + "/first")
    #expect(Self.kind(folder.path + "/first") == S_IFLNK && Self.kind(folder.path + "/second") == S_IFLNK)
    #expect(Self.text(folder.path + "/there/real") == "new")
    try folder.link("circle", to: "circle")
    #expect(throws: BartizanError(.input, "")) { try FileWriter.write(Self.new, to: folder.path + "/circle") }
  }

  @Test func aFileWithTwoNamesKeepsBoth() throws {
    let folder = try TemporaryFolder()
    try folder.write("one", "old and long")
    link(folder.path + "/one", folder.path + "/two")
    try FileWriter.write(Self.new, to: folder.path + "/one")
    #expect(Self.text(folder.path + "/two") == "new" && Self.status(folder.path + "/one").st_nlink == 2)
  }

  /// A pipe gives its reader the bytes, and stays a pipe.
  @Test("newcomer/01-output-replaces-target: a pipe stays a pipe") func aPipeStaysAPipe() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/pipe"
    mkfifo(path, 0o600)
    async let read = Task.detached { Self.text(path) }.value
    try await Task.detached { try FileWriter.write(Self.new, to: path) }.value
    #expect(await read == "new" && Self.kind(path) == S_IFIFO)
  }

  /// Devices like those of the machine, made for the test where that is allowed.
  @Test(
    "registry/02-output-replaces-device: a device stays a device", arguments: [(3, true), (7, false)])
  func aDeviceStaysADevice(_ minor: UInt32, _ takes: Bool) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/device"
    mknod(path, S_IFCHR | 0o666, dev_t(1 << 8 | minor))
    let descriptor = open(path, O_WRONLY)
    guard descriptor >= 0 else {
      print("skipped: no device can be made here")
      return
    }
    close(descriptor)
    do throws(BartizanError) {
      try FileWriter.write(Self.new, to: path)
      #expect(takes)
    } catch {
      #expect(!takes && error.code == .remote && error.message.contains("No space left on device"), "\(error)")
    }
    #expect(Self.kind(path) == S_IFCHR && FilePaths.names(in: folder.path) == ["device"])
    #expect(throws: BartizanError(.input, "")) { try FileWriter.replace(path, with: Self.new) }
  }

  /// What a process has open is written to where it is, by whatever name it goes.
  @Test("newcomer/01-output-replaces-target: open files are written to in place") func openFilesAreWrittenToInPlace()
    throws
  {
    let folder = try TemporaryFolder()
    try folder.write("out", "old and long")
    let path = folder.path + "/out"
    let descriptor = open(path, O_WRONLY)
    defer { close(descriptor) }
    let before = Self.status(path).st_ino
    for name in ["/dev/fd/\(descriptor)", "/proc/self/fd/\(descriptor)"] {
      try FileWriter.write(Self.new, to: name)
      #expect(Self.text(path) == "new" && Self.status(path).st_ino == before)
    }
    var ends: [Int32] = [0, 0]
    pipe(&ends)
    try FileWriter.write(Self.new, to: "/dev/fd/\(ends[1])")
    var sockets: [Int32] = [0, 0]
    socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &sockets)
    try FileWriter.write(Self.new, to: "/dev/fd/\(sockets[1])")
    for descriptor in [ends[0], sockets[0]] {
      var bytes = [UInt8](repeating: 0, count: 8)
      #expect(Glibc.read(descriptor, &bytes, 8) == 3 && bytes.prefix(3).elementsEqual(Self.new))
    }
    for descriptor in ends + sockets { close(descriptor) }
  }

  @Test func whatCannotBeWrittenIsSaid() throws {
    let folder = try TemporaryFolder()
    try folder.write("file", "old")
    for (path, code) in [
      (folder.path, BartizanError.Code.input), (folder.path + "/none/x", .input), (folder.path + "/file/x", .input),
    ] {
      #expect(throws: BartizanError(code, "")) { try FileWriter.write(Self.new, to: path) }
    }
    #expect(FilePaths.names(in: folder.path) == ["file"] && Self.text(folder.path + "/file") == "old")
  }

  @Test func aFileIsReplacedWhole() throws {
    let folder = try TemporaryFolder()
    try folder.write("store", "old")
    link(folder.path + "/store", folder.path + "/copy")
    try folder.link("name", to: "store")
    chmod(folder.path + "/store", 0o640)
    try FileWriter.replace(folder.path + "/name", with: Self.new)
    // Who has the old one open keeps it.
    #expect(Self.text(folder.path + "/store") == "new" && Self.text(folder.path + "/copy") == "old")
    #expect(Self.kind(folder.path + "/name") == S_IFLNK)
  }

  @Test func privateFilesArePrivate() throws {
    let folder = try TemporaryFolder()
    try FileWriter.writePrivate(Self.new, to: folder.path + "/a/b/c")
    #expect(Self.status(folder.path + "/a/b/c").st_mode & 0o777 == 0o600)
    #expect(Self.status(folder.path + "/a/b").st_mode & 0o777 == 0o700)
    #expect(FilePaths.names(in: folder.path + "/a/b") == ["c"])
  }

  /// Files that nobody named are plain ones; nothing else is waited for.
  @Test func plainFilesAreReadAndNothingElse() throws {
    let folder = try TemporaryFolder()
    try folder.write("file", "text")
    try folder.link("link", to: "file")
    try folder.link("zero", to: "/dev/zero")
    mkfifo(folder.path + "/pipe", 0o600)
    #expect(try FileReader.readPlain(folder.path + "/file") == Array("text".utf8))
    for name in ["link", "zero", "pipe", "none"] {
      #expect(throws: BartizanError.self) { try FileReader.readPlain(folder.path + "/" + name) }
    }
    var limits = Limits.standard
    limits.inputBytes = 3
    #expect(throws: BartizanError.self) { try FileReader.read(folder.path + "/file", limits: limits) }
  }
}
