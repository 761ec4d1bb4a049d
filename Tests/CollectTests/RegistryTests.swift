import Bytes
import Collect
import FakeCluster
import Findings
import Images
import TestKit
import Testing
import Transport

@Suite struct RegistryTests {
  private static func registry(
    _ image: SampleImage, access: FakeRegistry.Access = .anybody, faults: FakeRegistry.Faults = .init(),
    changed: [String: [UInt8]] = [:]
  ) async throws -> FakeRegistry {
    var manifests = ["1.4": image.index]
    var blobs: [String: [UInt8]] = [:]
    for (digest, bytes) in image.blobs() {
      blobs[digest] = changed[digest] ?? bytes
      if bytes == image.manifest { manifests[digest] = changed[digest] ?? bytes }
    }
    return try await FakeRegistry(manifests: manifests, blobs: blobs, access: access, faults: faults)
  }

  private static func settings(_ environment: [String: String] = [:]) -> RegistrySettings {
    var settings = RegistrySettings { environment[$0] }
    settings.plainHTTP = true
    settings.timeouts.idle = .seconds(5)
    settings.retries.longestWait = .zero
    return settings
  }

  private static func pull(
    _ registry: FakeRegistry, _ settings: RegistrySettings = settings(), tag: String = "1.4"
  ) async throws -> ImageSource.Contents {
    var options = ImageSource.Options()
    var settings = settings
    try settings.bind(to: [registry.name])
    options.registry = settings
    options.platform = ImagePlatform("linux/amd64")
    return try await ImageSource.read("\(registry.name)/team/app:\(tag)", options)
  }

  private static func names(_ contents: ImageSource.Contents) -> [String] { contents.packages.map(\.name).sorted() }

  /// Wherever an image lies, it holds the same.
  @Test func archiveLayoutAndRegistryAgree() async throws {
    let image = try SampleImage(SampleImage.usual)
    let folder = try TemporaryFolder()
    try image.write(layout: folder)
    try folder.write("image.tar", image.archive)
    try folder.write("image.tar.gz", try Gzip.compress(image.archive))
    let registry = try await Self.registry(image)
    var read: [ImageSource.Contents] = [try await Self.pull(registry)]
    for place in ["", "/image.tar", "/image.tar.gz"] { read.append(try await ImageSource.read(folder.path + place)) }
    for contents in read {
      #expect(contents.packages == read[0].packages)
      #expect(contents.identifier == Digest.sha256(image.configuration).text && contents.layers == 2)
      #expect(contents.problems.isEmpty, "\(contents.problems)")
    }
    #expect(Self.names(read[0]) == ["bash", "left-pad"])
    await registry.close()
  }

  @Test(arguments: ["basic", "token", "anonymous token", "identity token"])
  func everyWayToLogInWorks(_ way: String) async throws {
    let image = try SampleImage(SampleImage.usual)
    let folder = try TemporaryFolder()
    let access: FakeRegistry.Access =
      switch way {
      case "basic": .basic(user: "team", password: "secret:with:colons")
      case "token": .token(user: "team", password: "secret:with:colons")
      case "identity token": .identity(token: "refresh")
      default: .token(user: nil, password: "")
      }
    let registry = try await Self.registry(image, access: access)
    // Of several keys the longest that fits counts, and schemes and paths of Docker are passed over.
    let pair = "dGVhbTpzZWNyZXQ6d2l0aDpjb2xvbnM="
    let entry = way == "identity token" ? "{\"identitytoken\":\"refresh\"}" : "{\"auth\":\"\(pair)\"}"
    try folder.write(
      "config.json",
      "{\"auths\":{\"\(registry.name)\":{\"auth\":\"bm9ib2R5Om5v\"},\"https://\(registry.name)/team/\":\(entry),\"other\":{}}}"
    )
    let contents = try await Self.pull(
      registry, Self.settings(way == "anonymous token" ? [:] : ["DOCKER_CONFIG": folder.path]))
    #expect(Self.names(contents) == ["bash", "left-pad"] && contents.problems.isEmpty)
    // A token is asked for once, not for every layer.
    #expect(registry.requests.count { $0.uri.hasPrefix("/token") } == (way == "basic" ? 0 : 1))
    await registry.close()
  }

  @Test func helpersAreAsked() async throws {
    let image = try SampleImage(SampleImage.usual)
    let registry = try await Self.registry(image, access: .basic(user: "team", password: "from the helper"))
    let folder = try TemporaryFolder()
    try folder.write(
      "docker-credential-sample",
      "#!/bin/sh\nread server\necho \"{\\\"ServerURL\\\":\\\"$server\\\",\\\"Username\\\":\\\"team\\\",\\\"Secret\\\":\\\"from the helper\\\"}\"\n"
    )
    try folder.makeExecutable("docker-credential-sample")
    try folder.write("config.json", "{\"credHelpers\":{\"\(registry.name)\":\"\(folder.path)/../x\"}}")
    await #expect { try await Self.pull(registry, Self.settings(["DOCKER_CONFIG": folder.path])) } throws: {
      "\($0)".contains("no name of a credential helper")
    }
    try folder.write("config.json", "{\"credHelpers\":{\"\(registry.name)\":\"not-there-at-all\"}}")
    await #expect { try await Self.pull(registry, Self.settings(["DOCKER_CONFIG": folder.path])) } throws: {
      "\($0)".contains("is not installed")
    }
    await registry.close()
  }

  /// One clear line each, in bounded time, and never a word of a secret.
  @Test(arguments: [
    ("endless 401", "goes on asking"), ("wrong password", "does not accept the credentials"),
    ("no login", "wants a login"), ("foreign realm", "they were not sent"), ("storm", "refuses more requests (429)"),
    ("no such tag", "has no team/app with"), ("inward redirect", "not https"),
  ])
  func registriesThatAreWrongAreSaid(_ fault: String, _ message: String) async throws {
    let image = try SampleImage(SampleImage.usual)
    var faults = FakeRegistry.Faults()
    var access = FakeRegistry.Access.token(user: "team", password: "right-secret")
    var settings = Self.settings()
    settings.login = .init(user: "team", password: "right-secret")
    var tag = "1.4"
    switch fault {
    case "endless 401": faults.neverSatisfied = true
    case "wrong password": settings.login = .init(user: "team", password: "wrong-secret")
    case "no login":
      access = .basic(user: "team", password: "right-secret")
      settings.login = nil
    case "foreign realm": faults.realm = "http://token.attacker.example/token"
    case "storm":
      faults.busy = 100
      faults.retryAfter = "35µs"
    case "no such tag": tag = "9.9"
    default:
      access = .anybody
      faults.blobsAt = "file:///etc/passwd#"
    }
    let registry = try await Self.registry(image, access: access, faults: faults)
    let wrong = settings
    if fault == "inward redirect" {
      await #expect { try await Self.pull(registry, wrong, tag: tag) } throws: { "\($0)".contains(message) }
    } else {
      await #expect { try await Self.pull(registry, wrong, tag: tag) } throws: { error in
        let text = "\(error)"
        return text.contains(message) && !text.contains("secret")
      }
    }
    #expect(registry.requests.count < 20)
    await registry.close()
  }

  @Test func aBusyRegistryIsAskedAgain() async throws {
    var faults = FakeRegistry.Faults()
    faults.busy = 2
    let registry = try await Self.registry(try SampleImage(SampleImage.usual), faults: faults)
    #expect(Self.names(try await Self.pull(registry)) == ["bash", "left-pad"])
    await registry.close()
  }

  @Test(arguments: [true, false]) func aBrokenConnectionIsTakenUpAgain(_ resumes: Bool) async throws {
    var faults = FakeRegistry.Faults()
    faults.breaksAfter = 1000
    faults.resumes = resumes
    // Random text does not shrink, so that there is something to break off.
    var random = SeededRandom(seed: 7)
    let noise = String(decoding: (0..<4000).map { _ in UInt8(97 + random.below(26)) }, as: UTF8.self)
    let image = try SampleImage(SampleImage.usual + [[("noise", noise)]])
    let registry = try await Self.registry(image, faults: faults)
    let contents = try await Self.pull(registry)
    // One that cannot go on in the middle breaks off at the same place again and again.
    #expect(contents.problems.isEmpty == resumes, "\(contents.problems)")
    if resumes { #expect(Self.names(contents) == ["bash", "left-pad"]) }
    await registry.close()
  }

  /// Credentials are for the host that they were given for.
  @Test func credentialsStayWithTheirHost() async throws {
    let image = try SampleImage(SampleImage.usual)
    var blobs: [String: [UInt8]] = [:]
    for (digest, bytes) in image.blobs() { blobs[digest] = bytes }
    let store = try await FakeRegistry(manifests: [:], blobs: blobs)
    var faults = FakeRegistry.Faults()
    faults.blobsAt = "http://\(store.name)/v2/x/blobs/"
    let registry = try await Self.registry(image, access: .basic(user: "team", password: "secret"), faults: faults)
    var settings = Self.settings()
    settings.login = .init(user: "team", password: "secret")
    #expect(Self.names(try await Self.pull(registry, settings)) == ["bash", "left-pad"])
    #expect(!store.requests.isEmpty && store.requests.allSatisfy { $0.authorization == nil })
    #expect(registry.requests.contains { $0.authorization != nil })
    await registry.close()
    await store.close()
  }

  /// What does not have the sum of its name does not count, wherever it comes from.
  @Test func changedContentsAreNotTaken() async throws {
    let image = try SampleImage(SampleImage.usual)
    let layer = Digest.sha256(image.packed[1]).text
    let other = try Gzip.compress(
      TarBuilder.archive([("app/node_modules/evil/package.json", "{\"name\":\"evil\",\"version\":\"1.0.0\"}")]))
    let folder = try TemporaryFolder()
    try image.write(layout: folder, changed: [layer: other])
    let registry = try await Self.registry(image, changed: [layer: other])
    for contents in [try await ImageSource.read(folder.path), try await Self.pull(registry)] {
      #expect(Self.names(contents) == ["bash"])
      #expect(contents.problems.contains { $0.message.contains("nothing of it counts") && $0.hidesInput })
    }
    let manifest = Digest.sha256(image.manifest).text
    let lying = try await Self.registry(image, changed: [manifest: Array("{\"layers\":[]}".utf8)])
    await #expect { try await Self.pull(lying) } throws: { "\($0)".contains("changed or damaged") }
    await registry.close()
    await lying.close()
  }

  /// A layer that was read is not read again, and none can speak for another.
  @Test func layersAreReadOnce() async throws {
    let image = try SampleImage(SampleImage.usual)
    let folder = try TemporaryFolder()
    let registry = try await Self.registry(image)
    var options = ImageSource.Options()
    options.registry = Self.settings()
    options.platform = ImagePlatform("linux/amd64")
    options.cache = LayerCache(folder: folder.path + "/cache/layers")
    let source = "\(registry.name)/team/app:1.4"
    let first = try await ImageSource.read(source, options)
    let asked = registry.requests.count
    let second = try await ImageSource.read(source, options)
    #expect(first.packages == second.packages && first.layerDigests == second.layerDigests)
    let later = registry.requests.dropFirst(asked).map(\.uri)
    let layers = image.packed.map { Digest.sha256($0).text }
    #expect(!later.contains { uri in layers.contains { uri.hasSuffix($0) } }, "\(later)")
    // A broken entry is as none.
    try folder.write("cache/layers/\(layers[0].dropFirst(7)).v\(LayerFacts.version).json", "{\"version\":")
    #expect(try await ImageSource.read(source, options).packages == first.packages)
    await registry.close()
  }

  @Test func platformsAreChosen() async throws {
    let image = try SampleImage(SampleImage.usual)
    let registry = try await Self.registry(image)
    var options = ImageSource.Options()
    options.registry = Self.settings()
    options.platform = ImagePlatform("linux/arm64")
    let wanted = options
    await #expect { try await ImageSource.read("\(registry.name)/team/app:1.4", wanted) } throws: {
      "\($0)".contains("not there for linux/arm64; there is linux/amd64")
    }
    await registry.close()
  }
}

/// A registry as Debian has it, with TLS, in its three ways to log in.
@Suite(.enabled(if: RealRegistry.isPresent, Comment(rawValue: RealRegistry.skipMessage)))
struct RealRegistryTests {
  @Test(arguments: RealRegistry.Access.allCases) func imagesArePulled(_ access: RealRegistry.Access) async throws {
    let image = try SampleImage(SampleImage.usual)
    let folder = try TemporaryFolder()
    try image.write(layout: folder)
    let registry = try await RealRegistry(access)
    try await registry.push(folder.path, "team/app:1.4")
    var settings = RegistrySettings()
    settings.certificateAuthority = Array(registry.authority.certificate.utf8)
    settings.login = .init(user: RealRegistry.user, password: RealRegistry.password, registry: registry.name)
    var options = ImageSource.Options()
    options.platform = ImagePlatform("linux/amd64")
    options.registry = settings
    let contents = try await ImageSource.read("\(registry.name)/team/app:1.4", options)
    let local = try await ImageSource.read(folder.path, options)
    #expect(contents.packages == local.packages && contents.packages.count == 2)
    #expect(contents.identifier == local.identifier && contents.layerDigests == local.layerDigests)
    #expect(contents.problems.isEmpty)
    // What a name means is told without the image.
    let reference = try #require(ImageReference("\(registry.name)/team/app:1.4"))
    #expect(try await ImageSource.digest(of: reference, options) == contents.digest)
    if access != .open {
      settings.login = .init(user: RealRegistry.user, password: "wrong", registry: registry.name)
      options.registry = settings
      let wrong = options
      await #expect { try await ImageSource.read("\(registry.name)/team/app:1.4", wrong) } throws: {
        "\($0)".contains("does not accept the credentials")
      }
    }
    // Who does not know the authority does not go on.
    options.registry = RegistrySettings()
    let untrusting = options
    await #expect { try await ImageSource.read("\(registry.name)/team/app:1.4", untrusting) } throws: {
      "\($0)".contains("signed by an unknown authority")
    }
    await registry.close()
  }
}

@Suite struct ImageReferenceTests {
  /// Source: distribution/reference, its documented grammar.
  @Test(arguments: [
    ("alpine", "docker.io", "library/alpine", "latest"), ("alpine:3.20", "docker.io", "library/alpine", "3.20"),
    ("team/app", "docker.io", "team/app", "latest"), ("localhost/app:1", "localhost", "app", "1"),
    ("localhost:5000/app", "localhost:5000", "app", "latest"), ("reg.example/a/b/c:x", "reg.example", "a/b/c", "x"),
    ("index.docker.io/library/x", "docker.io", "library/x", "latest"),
    ("[2001:db8::1]:5000/app:1", "[2001:db8::1]:5000", "app", "1"), ("a__b/c--d:1", "docker.io", "a__b/c--d", "1"),
  ])
  func namesAreRead(_ text: String, _ registry: String, _ repository: String, _ tag: String) throws {
    let reference = try #require(ImageReference(text))
    #expect(reference.registry == registry && reference.repository == repository && reference.tag == tag)
  }

  @Test(arguments: [
    "", "UPPER", "a//b", "a/", "-a", "a___b", "a..b", "a:", "a:-x", "a@sha256:12", "reg.example:port/a",
    String(repeating: "a", count: 64), "a b", "../a", "a:" + String(repeating: "t", count: 129),
  ])
  func othersAreNot(_ text: String) { #expect(ImageReference(text) == nil) }

  @Test func digestsNameWithoutTags() throws {
    let digest = "sha256:" + String(repeating: "0", count: 64)
    let reference = try #require(ImageReference("team/app@\(digest)"))
    #expect(reference.tag == nil && reference.identifier == digest)
    let both = try #require(ImageReference("reg.example/team/app:1.4@\(digest)"))
    #expect(both.tag == "1.4" && both.identifier == digest && both.text == "reg.example/team/app:1.4@\(digest)")
  }
}

@Suite struct RegistryInputTests {
  /// A registry may answer whatever it likes; each answer is one line, in bounded time.
  @Test func brokenAnswersDoNoHarm() async throws {
    let image = try SampleImage(SampleImage.usual)
    var random = SeededRandom(seed: 12)
    for _ in 0..<25 {
      var manifests = ["1.4": random.mutated(image.index)]
      var blobs: [String: [UInt8]] = [:]
      for (digest, bytes) in image.blobs() {
        blobs[digest] = random.below(2) == 0 ? random.mutated(bytes) : bytes
        if bytes == image.manifest { manifests[digest] = blobs[digest] }
      }
      let registry = try await FakeRegistry(manifests: manifests, blobs: blobs)
      var options = ImageSource.Options()
      var settings = RegistrySettings()
      settings.plainHTTP = true
      settings.retries.longestWait = .zero
      options.registry = settings
      do {
        let contents = try await ImageSource.read("\(registry.name)/team/app:1.4", options)
        #expect(contents.packages.count <= 2)
      } catch let error as BartizanError {
        #expect(!error.message.contains("\n"))
      }
      await registry.close()
    }
  }

  @Test(arguments: [
    "{}", "[]", "{\"auths\":[]}", "{\"auths\":{\"x\":{\"auth\":\"!!!\"}}}",
    "{\"auths\":{\"x\":{\"auth\":\"bm9jb2xvbg==\"}}}",
    "{\"credsStore\":7}", "not json", "",
  ])
  func brokenCredentialFilesAreSaidOrPassedOver(_ text: String) async throws {
    let image = try SampleImage(SampleImage.usual)
    let folder = try TemporaryFolder()
    try folder.write("auth.json", text)
    let manifest = Digest.sha256(image.manifest).text
    var blobs: [String: [UInt8]] = [:]
    for (digest, bytes) in image.blobs() { blobs[digest] = bytes }
    let registry = try await FakeRegistry(
      manifests: ["1.4": image.index, manifest: image.manifest], blobs: blobs, access: .token(user: nil, password: ""))
    var settings = RegistrySettings()
    settings.plainHTTP = true
    settings.credentialFile = folder.path + "/auth.json"
    var options = ImageSource.Options()
    options.registry = settings
    do {
      _ = try await ImageSource.read("\(registry.name)/team/app:1.4", options)
    } catch let error as BartizanError {
      #expect(error.message.contains("auth.json"))
    }
    await registry.close()
  }
}
