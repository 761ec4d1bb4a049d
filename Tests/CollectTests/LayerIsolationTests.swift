import Bytes
import Collect
import Findings
import Images
import TestKit
import Testing
import Transport

/// A layer that ends its reader makes its image unread, and nothing else.
@Suite struct LayerIsolationTests {
  private static func isolation(_ script: String) -> LayerIsolation {
    var isolation = LayerIsolation(program: "/bin/sh", arguments: ["-c", script, "reader"])
    isolation.patience = .milliseconds(200)
    return isolation
  }

  @Test(arguments: [
    ("cat > /dev/null; kill -ILL $$", "signal 4"), ("exec sleep 600", "did not go on"),
    ("cat > /dev/null; exit 3", "ended with 3"), ("cat > /dev/null; echo nonsense", "gave no answer"),
  ])
  func aReaderThatFailsLeavesItsLayerUnread(_ script: String, _ reason: String) async throws {
    let folder = try TemporaryFolder()
    try SampleImage(SampleImage.usual).write(layout: folder)
    var options = ImageSource.Options()
    options.cache = LayerCache(folder: folder.path + "/cache")
    options.isolation = Self.isolation(script)
    let contents = try await ImageSource.read(folder.path, options)
    #expect(contents.packages.isEmpty && contents.layers == 0 && !contents.hasFiles)
    #expect(contents.problems.count == 2)
    #expect(contents.problems.allSatisfy { $0.hidesInput && $0.message.contains(reason) })
    // Nothing of it is remembered.
    options.isolation = nil
    #expect(try await ImageSource.read(folder.path, options).packages.count == 2)
  }

  /// Where the program lies beside the tests, as after a build.
  private static let program: String? = {
    guard let own = FilePaths.real("/proc/self/exe") else { return nil }
    let path = FilePaths.folder(of: own) + "/bartizan"
    return FilePaths.exists(path) ? path : nil
  }()

  @Test(.enabled(if: program != nil, "the program was not built"), arguments: [false, true])
  func theAnswerIsThatOfThisProcess(_ secrets: Bool) async throws {
    let folder = try TemporaryFolder()
    try SampleImage(
      SampleImage.usual + [[("root/.aws/credentials", "[default]\naws_access_key_id = AKIAQ3EGRZP5KTUVW2XY\n")]]
    )
    .write(layout: folder)
    var options = ImageSource.Options()
    options.readsSecrets = secrets
    let own = try await ImageSource.read(folder.path, options)
    options.isolation = LayerIsolation(program: try #require(Self.program), arguments: ["read-layer"])
    let isolated = try await ImageSource.read(folder.path, options)
    #expect(isolated.packages == own.packages && isolated.problems == own.problems)
    #expect(isolated.layerDigests == own.layerDigests && isolated.secrets == own.secrets)
    #expect(isolated.layers == 3 && isolated.system?.id == own.system?.id)
  }

  /// A process that reads has no thread but the one that confined it: another would need descriptors that it may not have.
  @Test(.enabled(if: program != nil, "the program was not built"))
  func readersHaveOneThread() throws {
    let reader = try ConfinedProgram(
      try #require(Self.program), ["read-layer", "--memory", String(1 << 30), "--processor-seconds", "60"],
      patience: .seconds(60))
    // More than waits on the way: it has begun to read when this is sent.
    let zeros = [UInt8](repeating: 0, count: 1 << 23)
    try reader.send(zeros.span.bytes)
    #expect(FilePaths.names(in: "/proc/\(reader.identifier)/task")?.count == 1)
    #expect(!(try reader.finish(limit: 1 << 20)).isEmpty)
  }

  /// What is no layer is read in a process as well: folders, bills of materials, archives that are compressed as a whole.
  @Test(.enabled(if: program != nil, "the program was not built"))
  func foldersAndBillsToo() async throws {
    let folder = try TemporaryFolder()
    try folder.write("root/etc/os-release", "ID=debian\nVERSION_ID=12\nPRETTY_NAME=\"Debian 12\"\n")
    try folder.write("root/var/lib/dpkg/status", "Package: bash\nStatus: install ok installed\nVersion: 5.2-1\n\n")
    try folder.write("root/app/Cargo.lock", "[[package]]\nname = \"a\"\nversion =\n")
    try folder.write("root/root/.netrc", "machine a.test login b password hunter2hunter2\n")
    try folder.write("image.tar.gz", try Gzip.compress(try SampleImage(SampleImage.usual).archive))
    try folder.write(
      "bill.json",
      """
      {"bomFormat":"CycloneDX","specVersion":"1.5","serialNumber":"urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
      "metadata":{"component":{"type":"container","name":"app","version":"1","purl":"pkg:oci/app?repository_url=a.test/app"}},
      "components":[{"type":"operating-system","name":"debian","version":"12"},
      {"type":"library","name":"curl","version":"7.88.1-10","purl":"pkg:deb/debian/curl@7.88.1-10?arch=amd64"},
      {"type":"library","name":"nameless","version":"1"}]}
      """)
    for name in ["root", "bill.json", "image.tar.gz"] {
      var options = ImageSource.Options()
      options.readsSecrets = true
      let own = try await ImageSource.read(folder.path + "/" + name, options)
      options.isolation = LayerIsolation(program: try #require(Self.program), arguments: ["read-layer"])
      let isolated = try await ImageSource.read(folder.path + "/" + name, options)
      #expect(!own.packages.isEmpty && isolated.packages == own.packages, "\(name)")
      #expect(isolated.problems == own.problems && isolated.secrets == own.secrets && isolated.system == own.system)
      #expect(isolated.identity.title == own.identity.title && isolated.exposures == own.exposures)
      #expect(isolated.identity.purl == own.identity.purl && isolated.layerDigests == own.layerDigests)
      if name == "root" { #expect(own.secrets.count == 1 && own.problems.count == 1) }
    }
    // What is refused is refused with the same words.
    try folder.write("none.json", "{}")
    for isolation in [nil, LayerIsolation(program: try #require(Self.program), arguments: ["read-layer"])] {
      var options = ImageSource.Options()
      options.isolation = isolation
      let error = await #expect(throws: BartizanError.self) {
        try await ImageSource.read(folder.path + "/none.json", options)
      }
      #expect(error?.message.contains("nor an SBOM") == true)
    }
  }

  @Test(arguments: ["root", "bill.json", "image.tar.gz"])
  func aReaderThatFails(_ name: String) async throws {
    let folder = try TemporaryFolder()
    try folder.write("root/app/package-lock.json", "{}")
    try folder.write("bill.json", "{\"bomFormat\":\"CycloneDX\"}")
    try folder.write("image.tar.gz", try Gzip.compress(try SampleImage(SampleImage.usual).archive))
    var options = ImageSource.Options()
    options.isolation = Self.isolation("cat > /dev/null; kill -ILL $$")
    do {
      let contents = try await ImageSource.read(folder.path + "/" + name, options)
      #expect(name == "image.tar.gz" && contents.layers == 0 && contents.problems.allSatisfy(\.hidesInput))
      #expect(contents.problems.count == 2)
    } catch let error as BartizanError {
      #expect(name != "image.tar.gz" && error.code == .input && error.message.contains("signal 4"))
    }
  }

  /// Less memory than the program needs for itself.
  @Test(.enabled(if: program != nil, "the program was not built"))
  func memoryIsBounded() async throws {
    let folder = try TemporaryFolder()
    try SampleImage(SampleImage.usual).write(layout: folder)
    var options = ImageSource.Options()
    var isolation = LayerIsolation(program: try #require(Self.program), arguments: ["read-layer"])
    isolation.memory = 1 << 16
    options.isolation = isolation
    let contents = try await ImageSource.read(folder.path, options)
    #expect(contents.layers == 0 && contents.problems.count == 2)
  }

  @Test func anOutcomeIsTheSameAsAMessage() throws {
    let scanner = LayerScanner(secrets: true)
    let layer = TarBuilder.archive([
      ("etc/os-release", "ID=debian\n"), ("app/Cargo.lock", "[[package]]\nname = \"a\"\n"),
    ])
    let part = Array(layer.prefix(layer.count - 600))
    scanner.feed(part.span.bytes)
    let outcome = scanner.finish()
    let read = try #require(LayerScanner.Outcome(message: outcome.message, digest: outcome.digest))
    #expect(read.facts == outcome.facts && read.digest == outcome.digest)
    #expect(read.failure?.message == outcome.failure?.message && read.isCompressed == outcome.isCompressed)
    // Any part of it is none.
    for length in [0, 10, outcome.message.count - 1] {
      #expect(LayerScanner.Outcome(message: Array(outcome.message.prefix(length)), digest: "") == nil)
    }
    #expect(LayerScanner.Outcome(message: outcome.message + [0], digest: "") == nil)
  }
}
