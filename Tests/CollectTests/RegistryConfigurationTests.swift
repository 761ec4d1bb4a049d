import Bytes
import FakeCluster
import Findings
import Images
import NIOSSL
import TestKit
import Testing
import Transport

@testable import Collect

/// What a machine says of registries: `registries.conf`, `certs.d`, `hosts.toml`.
@Suite struct RegistryConfigurationTests {
  private static let home = "/home"

  private static func configuration(
    _ folder: TemporaryFolder, _ environment: [String: String] = [:]
  ) throws -> RegistryConfiguration {
    var environment = environment
    environment["HOME"] = environment["HOME"] ?? folder.path + home
    let values = environment
    return try RegistryConfiguration(environment: { values[$0] }, root: folder.path)
  }

  private static func places(_ text: String, _ image: String) throws -> [String] {
    let folder = try TemporaryFolder()
    try folder.write("etc/containers/registries.conf", text)
    let reference = try #require(ImageReference(image))
    return try configuration(folder).places(of: reference).map { place in
      "\(place.host)\(place.path("/v2/\(reference.repository)/manifests/x").dropLast("/manifests/x".count).dropFirst(3))\(place.isInsecure ? " insecure" : "")"
    }
  }

  /// Names without a registry that mean another image to Podman than to Docker and Kubernetes.
  @Test(arguments: [
    ("unqualified-search-registries = ['r.test', 'docker.io']", "alpine:3", "r.test/alpine"),
    (
      "unqualified-search-registries = ['r.test']", "team/app@sha256:\(String(repeating: "a", count: 64))",
      "r.test/team/app"
    ),
    ("unqualified-search-registries = ['docker.io', 'r.test']", "alpine:3", nil),
    ("unqualified-search-registries = ['r.test']", "docker.io/library/alpine:3", nil),
    ("unqualified-search-registries = ['r.test']", "other.test/alpine:3", nil),
    ("unqualified-search-registries = []", "alpine:3", nil), ("", "alpine:3", nil),
    ("[aliases]\n\"alpine\" = \"mine.test/base/alpine\"\n", "alpine", "mine.test/base/alpine"),
    ("unqualified-search-registries = ['r.test']\n[aliases]\nalpine = 'docker.io/library/alpine'\n", "alpine", nil),
    ("[registries.search]\nregistries = ['r.test']\n", "alpine", "r.test/alpine"),
  ])
  func shortNames(_ text: String, _ name: String, _ expected: String?) throws {
    let folder = try TemporaryFolder()
    try folder.write("etc/containers/registries.conf", text)
    #expect(try Self.configuration(folder).otherReading(of: name) == expected)
  }

  /// The rules of containers-registries.conf(5), on its own examples and their borders.
  @Test(arguments: [
    ("unqualified-search-registries = ['a.test', \"b.test\"]", "r.test/a/b:1", ["r.test/a/b"]),
    ("[[registry]]\nlocation = \"r.test\"\ninsecure = true", "r.test/a/b:1", ["r.test/a/b insecure"]),
    (
      "[[registry]]\nprefix = \"r.test/foo\"\nlocation = \"internal.test:5000/bar\" # moved\n", "r.test/foo/image:1",
      ["internal.test:5000/bar/image"]
    ),
    ("[[registry]]\nprefix = \"r.test/foo\"\nlocation = \"x.test\"", "r.test/foobar/image:1", ["r.test/foobar/image"]),
    (
      "[[registry]]\nprefix = 'r.test'\n[[registry.mirror]]\nlocation = 'm1.test/cache'\n[[registry.mirror]]\nlocation = 'm2.test'\ninsecure = true",
      "r.test/a/b:1", ["m1.test/cache/a/b", "m2.test/a/b insecure", "r.test/a/b"]
    ),
    (
      "[[registry]]\nprefix = 'r.test'\nmirror-by-digest-only = true\n[[registry.mirror]]\nlocation = 'm1.test'",
      "r.test/a/b:1", ["r.test/a/b"]
    ),
    (
      "[[registry]]\nprefix = 'r.test'\nmirror = [{location = 'tags.test', pull-from-mirror = 'tag-only'},\n  {location = 'digests.test', pull-from-mirror = 'digest-only'}]",
      "r.test/a/b:1", ["tags.test/a/b", "r.test/a/b"]
    ),
    ("[[registry]]\nprefix = '*.r.test'\nlocation = 'm.test'", "eu.r.test/a/b:1", ["m.test/a/b"]),
    ("[[registry]]\nprefix = '*.r.test'\nlocation = 'm.test'", "r.test/a/b:1", ["r.test/a/b"]),
    (
      "[[registry]]\nprefix = 'docker.io'\nlocation = 'm.test/hub'\n[[registry]]\nprefix = 'docker.io/library'\nlocation = 'm.test/base'",
      "alpine:3", ["m.test/base/alpine"]
    ),
    ("[registries.insecure]\nregistries = ['r.test']", "r.test/a/b:1", ["r.test/a/b insecure"]),
  ])
  func placesOfImages(_ text: String, _ image: String, _ wanted: [String]) throws {
    #expect(try Self.places(text, image) == wanted)
  }

  @Test(arguments: [
    ("[[registry]]\nprefix = 'r.test'\nblocked = true", "r.test is blocked"),
    ("[registries.block]\nregistries = ['r.test']", "r.test is blocked"),
    ("[[registry]]\nblocked = true", ":1: a registry with neither a prefix nor a location"),
    ("[[registry]\nprefix = 'r.test'", ":1: a table without an end"),
    ("\n[[registry]]\nprefix = 'r.test", ":3: a text without an end"),
    ("[[registry.mirror]]\nlocation = 'x'", ":1: a mirror of no registry"),
    ("[[registry]]\nprefix = 'r.test'\n[[registry.mirror]]\ninsecure = true", ":3: a mirror without a location"),
    ("[[registry]]\nprefix = 'r.test' blocked = true", ":2: more than one thing in a line"),
    ("a = [1, [2", "a list without an end"), ("a = ", "a value is missing"), ("a = {b = 1", "a table without an end"),
  ])
  func whatIsBlockedOrBroken(_ text: String, _ message: String) throws {
    let error = #expect(throws: BartizanError.self) { try Self.places(text, "r.test/a/b:1") }
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
  }

  /// The user's own file takes the place of the machine's; of drop-ins the later one of a prefix counts; a variable names another.
  @Test func filesInTheirOrder() throws {
    let folder = try TemporaryFolder()
    func file(_ location: String) -> String { "[[registry]]\nprefix = 'r.test'\nlocation = '\(location)'\n" }
    let reference = try #require(ImageReference("r.test/a:1"))
    func host(_ environment: [String: String] = [:]) throws -> String? {
      try Self.configuration(folder, environment).places(of: reference).last?.host
    }
    try folder.write("etc/containers/registries.conf", file("machine.test"))
    #expect(try host() == "machine.test")
    try folder.write("home/.config/containers/registries.conf", file("user.test"))
    #expect(try host() == "user.test")
    try folder.write("etc/containers/registries.conf.d/10.conf", file("ten.test"))
    try folder.write("etc/containers/registries.conf.d/20.conf", file("twenty.test"))
    try folder.write("etc/containers/registries.conf.d/30.conf.bak", file("no.test"))
    #expect(try host() == "twenty.test")
    try folder.write("other.conf", file("named.test"))
    #expect(try host(["CONTAINERS_REGISTRIES_CONF": folder.path + "/other.conf"]) == "named.test")
    #expect(try host(["CONTAINERS_REGISTRIES_CONF": "/dev/null"]) == "r.test")
  }

  /// containerd's `hosts.toml`: hosts in order, capabilities, paths, certificates relative to it.
  @Test func hostsOfContainerd() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "etc/containerd/certs.d/r.test:5000/hosts.toml",
      """
      server = "https://origin.test"
      [host."https://mirror.test/v2/cache"]
        capabilities = ["pull", "resolve"]
        override_path = true
        ca = "ca.pem"
      [host."http://layers.test:5000"]
        capabilities = ["pull"]
      [host."https://push.test"]
        capabilities = ["push"]
        [host."https://push.test".header]
          x = "y"
      """)
    try folder.write("etc/containerd/certs.d/r.test:5000/ca.pem", "PEM")
    let configuration = try Self.configuration(folder)
    let tag = try configuration.places(of: try #require(ImageReference("r.test:5000/a/b:1")))
    #expect(tag.map(\.host) == ["mirror.test", "origin.test"])
    #expect(tag[0].path("/v2/a/b/tags/list") == "/v2/cache/a/b/tags/list")
    #expect(tag[0].trust.authorities == [Array("PEM".utf8)] && tag[1].trust.isEmpty)
    let digest = "sha256:" + String(repeating: "a", count: 64)
    let byDigest = try configuration.places(of: try #require(ImageReference("r.test:5000/a/b@\(digest)")))
    #expect(byDigest.map(\.host) == ["mirror.test", "layers.test:5000", "origin.test"])
    #expect(byDigest.map(\.isPlain) == [false, true, false])
    // Another registry has nothing of it, unless there is a folder for all others.
    let other = try #require(ImageReference("other.test/a:1"))
    #expect(try configuration.places(of: other).map(\.host) == ["other.test"])
    try folder.write("etc/containerd/certs.d/_default/hosts.toml", "[host.\"https://all.test\"]\n")
    #expect(try configuration.places(of: other).map(\.host) == ["all.test", "other.test"])
    // What Podman says of it comes first.
    try folder.write("etc/containers/registries.conf", "[[registry]]\nlocation = 'other.test'\n")
    #expect(try configuration.places(of: other).map(\.host) == ["all.test", "other.test"])
    #expect(try Self.configuration(folder).places(of: other).map(\.host) == ["other.test"])
  }

  @Test func certificatesWithoutTheirHalf() throws {
    let folder = try TemporaryFolder()
    let configuration = try Self.configuration(folder)
    try folder.write("etc/containers/certs.d/r.test/client.cert", "PEM")
    let error = #expect(throws: BartizanError.self) { try configuration.place(ofRegistry: "r.test") }
    #expect(error?.message.contains("its key") == true)
    // Another registry's folder is no matter of this one.
    #expect(try configuration.place(ofRegistry: "s.test").trust.isEmpty)
    try folder.write("etc/containers/certs.d/r.test/client.key", "PEM")
    #expect(try configuration.place(ofRegistry: "r.test").trust.clientCertificate != nil)
    // The user's own folder of the registry comes first.
    try folder.write("home/.config/containers/certs.d/r.test/a.crt", "A")
    #expect(try configuration.place(ofRegistry: "r.test").trust == RegistryTrust(authorities: [Array("A".utf8)]))
  }

  /// A registry whose certificate only `certs.d` vouches for is pulled from, for its own name alone; a mirror is asked first, with
  /// its own path, and gets no password that is the registry's.
  @Test func aRegistryIsTrustedByItsFolder() async throws {
    let authority = try VirtualAuthority()
    let pair = try authority.server()
    let tls = try TLSConfiguration.makeServerConfiguration(
      certificateChain: NIOSSLCertificate.fromPEMBytes(Array(pair.certificate.utf8)).map { .certificate($0) },
      privateKey: .privateKey(NIOSSLPrivateKey(bytes: Array(pair.key.utf8), format: .pem)))
    let server = try await LoopbackServer(tls: tls) { request in
      .full(
        status: request.uri == "/v2/cache/team/app/tags/list" ? 200 : 404,
        headers: [("Content-Type", "application/json")], body: Array("{}".utf8))
    }
    let name = "127.0.0.1:\(server.port)"
    let folder = try TemporaryFolder()
    func status(_ certificates: String?) async throws -> Int {
      if let certificates { try folder.write("etc/containers/certs.d/\(certificates)/ca.crt", authority.certificate) }
      var settings = RegistrySettings()
      settings.retries.tries = 1
      settings.configuration = try Self.configuration(folder)
      var place = try #require(try settings.configuration?.place(ofRegistry: name))
      place.rewriting = .init(from: "team/app", to: "cache/team/app")
      let client = try RegistryClient(name, settings, place: place)
      do {
        let response = try await client.send("/v2/team/app/tags/list", scope: "repository:team/app:pull")
        await response.discard()
        await client.close()
        return response.status
      } catch {
        await client.close()
        throw error
      }
    }
    await #expect(throws: BartizanError.self) { _ = try await status(nil) }
    await #expect(throws: BartizanError.self) { _ = try await status("127.0.0.1:1") }
    #expect(try await status(name) == 200)
    await server.close()
  }

  /// What is on this machine is understood.
  @Test func thisMachine() throws {
    let path = "/etc/containers"
    guard FilePaths.exists(path) else { return }
    _ = try RegistryConfiguration(environment: { _ in nil })
  }

  /// Source: containers-registries.conf(5), `credential-helpers`; a file that is read later stands in for an earlier one.
  @Test(
    arguments: [
      ("credential-helpers = [\"containers-auth.json\", \"pass\"]", "", ["containers-auth.json", "pass"]),
      ("credential-helpers = [\"pass\"]", "credential-helpers = [\"ecr-login\"]", ["ecr-login"]),
      ("credential-helpers = [\"pass\"]", "unqualified-search-registries = [\"r.test\"]", ["pass"]), ("", "", nil),
    ] as [(String, String, [String]?)])
  func credentialHelpersAreRead(_ first: String, _ second: String, _ helpers: [String]?) throws {
    var file = try RegistriesFile(Array((first + "\n").utf8), name: "a")
    file.add(try RegistriesFile(Array((second + "\n").utf8), name: "b"))
    #expect(file.credentialHelpers == helpers)
  }

  /// What is behind the question mark of an address stands behind what is below it.
  @Test(arguments: [
    ("https://h/osv", "https://h/osv/PyPI/all.zip"), ("https://h/osv/", "https://h/osv/PyPI/all.zip"),
    ("https://h/osv?token=a", "https://h/osv/PyPI/all.zip?token=a"),
    ("https://h/osv/?a=b&c", "https://h/osv/PyPI/all.zip?a=b&c"),
    ("https://h", "https://h/PyPI/all.zip"), ("https://h?x", "https://h/PyPI/all.zip?x"),
  ])
  func filesBelowAnAddress(_ url: String, _ expected: String) {
    #expect(AdvisoryCollection.below(url, "PyPI/all.zip") == expected)
  }

  /// Each byte may be the last, or another.
  @Test func brokenTablesDoNoHarm() {
    var random = SeededRandom(seed: 4)
    let text = Array(
      "a = \"x\\u0041\" # c\n[[registry]]\nprefix = '*.r'\nmirror = [{location = 'a', insecure = true}]\n[host.\"https://x\"]\nca = [\n'a',\n\"b\"]\nn = -1\n"
        .utf8)
    for _ in 0..<2000 {
      let broken = Array(random.mutated(text).prefix(random.below(text.count + 1)))
      _ = try? TOMLTables(broken, name: "t")
      _ = try? RegistriesFile(broken, name: "t")
    }
  }
}
