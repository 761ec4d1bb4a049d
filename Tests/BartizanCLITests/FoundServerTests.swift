import FakeCluster
import Synchronization
import TestKit
import Testing

/// Cases of `found` that want a server, with one of ours in the place of theirs.
@Suite struct FoundServerTests {
  private static func environment(_ folder: TemporaryFolder) -> [String: String] {
    ["HOME": folder.path, "PATH": "", "BARTIZAN_CONFIG": ""]
  }

  /// What a server says beside a refusal is not waited for.
  @Test(
    "registry/06-hang-on-slow-refusal: a body that drips is not waited for",
    arguments: [
      "401 x\r\nWWW-Authenticate: Basic realm=\"x\"", "307 x\r\nLocation: http://127.0.0.1:PORT/",
      "429 x\r\nRetry-After: 0",
    ])
  func slowRefusals(_ answer: String) async throws {
    let folder = try TemporaryFolder()
    let nobody = try ReservedPort()
    let head = answer.replacing("PORT", with: "\(nobody.number)")
    let server = try await RawServer(
      .init("HTTP/1.1 \(head)\r\nContent-Length: 60000\r\n\r\n", drips: UInt8(ascii: "x")))
    let run = try await CommandRun(
      ["image", "packages", "--no-cache", "--plain-http", "127.0.0.1:\(server.port)/team/app:1"],
      environment: Self.environment(folder))
    #expect(run.status == 3 && run.output.isEmpty && !run.error.isEmpty)
    await server.close()
  }

  @Test("registry/11-secrets-clean-when-unread: no layer that could be read is no clean image")
  func secretsOfUnreadLayers() async throws {
    let folder = try TemporaryFolder()
    let image = SampleImageFiles()
    // Layers are compressed, the configuration is not.
    let blobs = image.blobs.mapValues { $0.starts(with: [0x1F, 0x8B]) ? Array("bogus".utf8) : $0 }
    let registry = try await FakeRegistry(manifests: ["1.4": image.manifest], blobs: blobs)
    for command in ["secrets", "packages", "sbom"] {
      let run = try await CommandRun(
        ["image", command, "--no-cache", "--plain-http", registry.name + "/team/app:1.4"],
        environment: Self.environment(folder))
      #expect(run.status == 3, "image \(command): \(run.status) \(run.errorText)")
      #expect(run.errorText.contains("its sum is"))
    }
    await registry.close()
  }

  @Test("registry/12-remember-forgets: what was not seen stays as it was, and a moved tag is told")
  func memoryOfTags() async throws {
    let folder = try TemporaryFolder()
    let step = Mutex(1)
    @Sendable func manifest(_ number: Int) -> [UInt8] {
      Array(
        #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{},"layers":[],"annotations":{"n":"\#(number)"}}"#
          .utf8)
    }
    let server = try await LoopbackServer(tls: nil) { request in
      let now = step.withLock { $0 }
      func answer(_ status: Int, _ body: [UInt8]) -> LoopbackServer.Answer {
        .full(status: status, headers: [], body: body)
      }
      if request.uri == "/v2/" { return answer(200, Array("{}".utf8)) }
      if request.uri.hasPrefix("/v2/_catalog") { return answer(200, Array(#"{"repositories":["a/b"]}"#.utf8)) }
      if request.uri.contains("/tags/list") {
        return now == 2 ? answer(500, []) : answer(200, Array(#"{"name":"a/b","tags":["v1"]}"#.utf8))
      }
      if request.uri.contains("/manifests/v1") { return answer(200, manifest(now)) }
      return answer(404, Array("{}".utf8))
    }
    var moved: [Bool] = []
    for number in 1...3 {
      step.withLock { $0 = number }
      let run = try await CommandRun(
        [
          "registry", "review", "--plain-http", "--remember", folder.path + "/tags.json", "-o", "csv",
          "127.0.0.1:\(server.port)",
        ], environment: Self.environment(folder))
      moved.append(run.outputText.contains("registry-tag-moved"))
      #expect(try FileReaderForTests.text(folder.path + "/tags.json").contains("a/b:v1"), "look \(number)")
    }
    #expect(moved == [false, false, true])
    await server.close()
  }

  @Test("registry/13-control-characters: names and answers of others do not steer a terminal")
  func controlCharacters() async throws {
    let folder = try TemporaryFolder()
    try folder.write("er/etc/os-release", "ID=debian\nVERSION_ID=12\nPRETTY_NAME=\"\u{1B}[31mEVIL\"\n")
    try folder.write("fn/x\u{1B}[31m.yaml", "a: [\n")
    let server = try await LoopbackServer(tls: nil) { _ in
      .full(
        status: 404, headers: [],
        body: Array(#"{"errors":[{"code":"X","message":"\u001b[31mRED\u001b]0;title\u0007 \u001b[2J"}]}"#.utf8))
    }
    for words in [
      ["image", "packages", folder.path + "/er"], ["scan", folder.path + "/fn"],
      ["image", "packages", "--no-cache", "--plain-http", "127.0.0.1:\(server.port)/team/app:1"],
    ] {
      let run = try await CommandRun(words, environment: Self.environment(folder), columns: 80)
      // Our own colours stay; what others sent does not.
      for text in [run.outputText, run.errorText] {
        #expect(!text.contains("\u{1B}[31m") && !text.contains("\u{1B}]") && !text.contains("\u{07}"), "\(words)")
      }
      #expect(run.status != 0)
    }
    await server.close()
  }

  @Test("newcomer/09-advisories-update-ignores-proxies-and-hangs: a dead host is an error at once")
  func deadHosts() async throws {
    let folder = try TemporaryFolder()
    let nobody = try ReservedPort()
    let run = try await CommandRun(
      [
        "advisories", "update", "--store", folder.path + "/st", "--source", "http://127.0.0.1:\(nobody.number)",
        "--ecosystem", "PyPI",
      ], environment: Self.environment(folder))
    #expect(run.status == 3 && run.errorText.contains("Connection refused"), "\(run.errorText)")
  }
}
