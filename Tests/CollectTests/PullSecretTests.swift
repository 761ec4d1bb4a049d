import Collect
import FakeCluster
import Findings
import Foundation
import Images
import Kube
import Synchronization
import TestKit
import Testing
import Transport

/// The Secrets that a cluster pulls images with.
@Suite struct PullSecretTests {
  private static let manifests = """
    apiVersion: v1
    kind: Pod
    metadata: {name: own, namespace: shop}
    spec: {imagePullSecrets: [{name: mine}], containers: [{name: c, image: "registry.example/own:1"}]}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: account, namespace: shop}
    spec: {serviceAccountName: runner, containers: [{name: c, image: "registry.example/account:1"}]}
    ---
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: runner, namespace: shop}
    imagePullSecrets: [{name: runners}]
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: none, namespace: shop}
    spec: {containers: [{name: c, image: "registry.example/none:1"}]}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: elsewhere, namespace: blog}
    spec: {imagePullSecrets: [{name: mine}], containers: [{name: c, image: "registry.example/own:1"}]}
    """

  private static func snapshot(_ text: String) async throws -> ClusterSnapshot {
    let folder = try TemporaryFolder()
    try folder.write("all.yaml", text)
    return try await Sources.snapshot([PathSource(folder.path)])
  }

  @Test func imagesHaveTheSecretsOfTheirPodsOrAccounts() async throws {
    let found = try await Self.snapshot(Self.manifests).pullSecrets
    #expect(
      found.mapValues { $0.map(\.text).sorted() } == [
        "registry.example/own:1": ["blog/mine", "shop/mine"], "registry.example/account:1": ["shop/runners"],
      ])
  }

  @Test func secretsAreReadFromManifestsAndFromTheCluster() async throws {
    let document = #"{"auths":{"registry.example":{"auth":"dGVhbTpwYXNz"}}}"#
    let encoded = Data(document.utf8).base64EncodedString()
    let snapshot = try await Self.snapshot(
      """
      apiVersion: v1
      kind: Secret
      metadata: {name: here, namespace: shop}
      type: kubernetes.io/dockerconfigjson
      data: {".dockerconfigjson": "\(encoded)"}
      ---
      apiVersion: v1
      kind: Secret
      metadata: {name: plain, namespace: shop}
      type: kubernetes.io/dockerconfigjson
      stringData: {".dockerconfigjson": '\(document)'}
      """)
    let asked = Mutex<[String]>([])
    let server = try await LoopbackServer(tls: nil) { request in
      asked.withLock { $0.append(request.uri) }
      let (status, body): (Int, String) =
        switch request.uri {
        case "/api/v1/namespaces/shop/secrets/there":
          (200, #"{"kind":"Secret","data":{".dockerconfigjson":"\#(encoded)"}}"#)
        case "/api/v1/namespaces/shop/secrets/empty": (200, #"{"kind":"Secret","data":{"other":"eA=="}}"#)
        default: (403, #"{"kind":"Status","message":"secrets \"denied\" is forbidden"}"#)
        }
      return .full(status: status, headers: [("Content-Type", "application/json")], body: Array(body.utf8))
    }
    let wanted = ["here", "plain", "there", "empty", "denied"].map { PullSecretReference(namespace: "shop", name: $0) }
    let endpoint = ClusterEndpoint(name: "test", server: "http://127.0.0.1:\(server.port)")
    let (documents, problems) = try await PullSecretReader.read(wanted, in: snapshot, cluster: endpoint)
    await server.close()
    #expect(Set(documents.keys.map(\.name)) == ["here", "plain", "there"])
    #expect(documents.values.allSatisfy { $0 == Array(document.utf8) })
    #expect(problems.count == 2 && problems.contains { $0.message.contains("forbidden") })
    // What the manifests hold is not asked for.
    #expect(!asked.withLock { $0 }.contains { $0.hasSuffix("/here") || $0.hasSuffix("/plain") })
    let offline = try await PullSecretReader.read(wanted, in: snapshot, cluster: nil)
    #expect(offline.documents.count == 2 && offline.problems.count == 3)
    // Nothing that is said of them holds a value.
    #expect(
      (problems + offline.problems).allSatisfy { !$0.text.contains("dGVhbTpwYXNz") && !$0.text.contains(encoded) })
  }

  /// Whoever may make a Secret must not run programs on the machine that scans.
  @Test func programsThatASecretNamesAreNotRun() async throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "docker-credential-trap",
      "#!/bin/sh\ntouch \(folder.path)/ran\necho '{\"Username\":\"team\",\"Secret\":\"pass\"}'\n")
    try folder.makeExecutable("docker-credential-trap")
    let image = try SampleImage(SampleImage.usual)
    let registry = try await FakeRegistry(
      manifests: ["1": image.manifest, SampleImage.digest(image.manifest): image.manifest],
      blobs: Dictionary(uniqueKeysWithValues: image.blobs().map { ($0.digest, $0.bytes) }),
      access: .basic(user: "team", password: "pass"))
    var settings = RegistrySettings { $0 == "PATH" ? folder.path + ":/usr/bin:/bin" : nil }
    settings.plainHTTP = true
    settings.retries.tries = 1
    var options = ImageSource.Options()
    for text in [#"{"credHelpers":{"\#(registry.name)":"trap"}}"#, #"{"credsStore":"trap"}"#] {
      settings.pullSecrets = [Array(text.utf8)]
      options.registry = settings
      let own = options
      await #expect {
        try await ImageSource.read("docker://\(registry.name)/team/app:1", own)
      } throws: {
        !"\($0)".contains("docker-credential") && !"\($0)".contains("installed")
      }
    }
    #expect((try? FileReader.read(folder.path + "/ran")) == nil)
    settings.pullSecrets = [Array(#"{"auths":{"\#(registry.name)":{"auth":"dGVhbTpwYXNz"}}}"#.utf8)]
    options.registry = settings
    let packages = try await ImageSource.read("docker://\(registry.name)/team/app:1", options).packages
    #expect(packages.map(\.name).sorted() == ["bash", "left-pad"])
    await registry.close()
  }
}
