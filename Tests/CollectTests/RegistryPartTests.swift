import Bytes
import Collect
import FakeCluster
import Findings
import Foundation
import Images
import TestKit
import Testing
import Transport

/// What is seen of a registry is a part, and said to be one; what nobody answered is not "no".
@Suite struct RegistryPartTests {
  private static func plain() -> RegistrySettings {
    var settings = RegistrySettings()
    settings.plainHTTP = true
    settings.retries.tries = 1
    return settings
  }

  private static func look(_ registry: FakeRegistry) async throws -> RegistryObservation {
    try await RegistrySurvey(registry.name, plain(), repositories: ["team/app"]).look()
  }

  @Test("registry/08-review-first-200-tags: more tags than are looked at are told")
  func moreTagsThanAreLookedAtAreTold() async throws {
    let image = try SampleImage(SampleImage.usual)
    var manifests: [String: [UInt8]] = [:]
    for number in 0..<205 { manifests["r\(number)"] = image.manifest }
    // Behind the tags of images, as an alphabet orders them.
    manifests[SampleImage.digest(image.manifest).replacing(":", with: "-") + ".sig"] = image.manifest
    let registry = try await FakeRegistry(
      manifests: manifests, blobs: [SampleImage.digest(image.configuration): image.configuration], referrers: [:])
    let seen = try await Self.look(registry)
    #expect(seen.images.count == 200 && seen.images.allSatisfy { $0.isSigned == true })
    #expect(seen.gaps == ["team/app has 205 tags; 200 of them were looked at"])
    await registry.close()
  }

  /// Source: Docker "Token Authentication Specification": a client without credentials asks for a token as well.
  @Test("registry/04-review-misses-anonymous-tokens: tokens for anybody let anybody in")
  func tokensForAnybodyLetAnybodyIn() async throws {
    let image = try SampleImage(SampleImage.usual)
    let open = try await FakeRegistry(
      manifests: ["1.4": image.manifest], blobs: [:], referrers: [:], access: .token(user: nil, password: ""))
    #expect(try await Self.look(open).answersAnybody)
    await open.close()
    let closed = try await FakeRegistry(
      manifests: ["1.4": image.manifest], blobs: [:], referrers: [:], access: .token(user: "team", password: "secret"))
    #expect(try await Self.look(closed).answersAnybody == false)
    await closed.close()
  }

  @Test("registry/20-index-never-stale: an index is as old as its images") func anIndexIsAsOldAsItsImages() async throws
  {
    let configuration = Array(#"{"created":"2019-01-01T00:00:00Z","rootfs":{"diff_ids":[]}}"#.utf8)
    let sum = SampleImage.digest(configuration)
    let manifest = Array(#"{"schemaVersion":2,"config":{"digest":"\#(sum)"},"layers":[]}"#.utf8)
    let digest = SampleImage.digest(manifest)
    let index = Array(
      #"{"schemaVersion":2,"manifests":[{"digest":"\#(digest)","platform":{"os":"linux","architecture":"amd64"}},{"digest":"sha256:\#(String(repeating: "0", count: 64))","platform":{"os":"unknown","architecture":"unknown"}}]}"#
        .utf8)
    let registry = try await FakeRegistry(
      manifests: ["1": index, digest: manifest], blobs: [sum: configuration], referrers: [:])
    #expect(try await Self.look(registry).images.map(\.created) == ["2019-01-01T00:00:00Z"])
    await registry.close()
  }

  /// Source: Kubernetes, "Images", section "Interpretation of config.json": one that fails is followed by the next.
  @Test("registry/18-pull-secrets-first-only: every pull secret is tried") func everyPullSecretIsTried() async throws {
    let image = try SampleImage(SampleImage.usual)
    for access in [
      FakeRegistry.Access.basic(user: "team", password: "right"), .token(user: "team", password: "right"),
    ] {
      let registry = try await FakeRegistry(manifests: ["1.4": image.manifest], blobs: [:], access: access)
      func secret(_ key: String, _ password: String) -> [UInt8] {
        let pair = Data("team:\(password)".utf8).base64EncodedString()
        return Array(#"{"auths":{"\#(key)":{"auth":"\#(pair)"}}}"#.utf8)
      }
      var options = ImageSource.Options()
      options.registry = Self.plain()
      options.registry?.pullSecrets = [
        Array("no document".utf8), secret(registry.name, "wrong"), secret(registry.name + "/team", "older"),
        secret(registry.name, "right"),
      ]
      let reference = try #require(ImageReference("\(registry.name)/team/app:1.4"))
      let digest = try await ImageSource.digest(of: reference, options)
      #expect(digest == SampleImage.digest(image.manifest))
      await registry.close()
      let other = try await FakeRegistry(manifests: ["1.4": image.manifest], blobs: [:], access: access)
      options.registry?.pullSecrets = [secret(other.name, "wrong"), secret(other.name, "older")]
      let unread = try #require(ImageReference("\(other.name)/team/app:1.4"))
      await #expect(throws: BartizanError.self) { try await ImageSource.digest(of: unread, options) }
      await other.close()
    }
  }

  /// Source: Kubernetes, "Images": a pattern of hosts with a path is for what lies below that path.
  @Test(arguments: [("/team", true), ("/team/app", true), ("", true), ("/other", false), ("/te", false)])
  func patternsOfHostsHavePaths(_ path: String, _ isTaken: Bool) async throws {
    let image = try SampleImage(SampleImage.usual)
    let registry = try await FakeRegistry(
      manifests: ["1.4": image.manifest], blobs: [:], access: .basic(user: "team", password: "right"))
    let pattern = registry.name.replacing("127.0.0.1", with: "127.0.*.1") + path
    let pair = Data("team:right".utf8).base64EncodedString()
    var options = ImageSource.Options()
    options.registry = Self.plain()
    options.registry?.pullSecrets = [Array(#"{"auths":{"\#(pattern)":{"auth":"\#(pair)"}}}"#.utf8)]
    let reference = try #require(ImageReference("\(registry.name)/team/app:1.4"))
    #expect(
      (try? await ImageSource.digest(of: reference, options)) == (isTaken ? SampleImage.digest(image.manifest) : nil))
    #expect(registry.requests.contains { $0.authorization != nil } == isTaken)
    await registry.close()
  }

  @Test func linksDoNotLeadOutOfALayout() async throws {
    let image = try SampleImage(SampleImage.usual)
    let folder = try TemporaryFolder()
    try image.write(layout: folder)
    let outside = try TemporaryFolder()
    let whole = try await ImageSource.read(folder.path)
    #expect(whole.layers > 0)
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path + "/blobs/sha256") {
      let path = folder.path + "/blobs/sha256/" + name
      try FileManager.default.moveItem(atPath: path, toPath: outside.path + "/" + name)
      try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: outside.path + "/" + name)
    }
    await #expect(throws: BartizanError.self) { try await ImageSource.read(folder.path) }
  }
}
