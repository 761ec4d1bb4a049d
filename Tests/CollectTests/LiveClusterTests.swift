import Access
import Bytes
import Collect
import FakeCluster
import Findings
import Kube
import NIOSSL
import PodSecurity
import Posture
import Synchronization
import TestKit
import Testing
import Transport

/// A fake API server over TLS with client certificates, and a kubeconfig that leads to it.
struct LiveCluster {
  let authority: VirtualAuthority
  let cluster: FakeCluster
  var endpoint: ClusterEndpoint
  var settings = KubernetesClient.Settings()

  init(
    _ resources: [FakeCluster.Resource] = SampleCluster.resources(pods: 40),
    _ behaviour: FakeCluster.Behaviour = .init(), serverDays: Double = 5, names: [String] = ["localhost"],
    address: [UInt8]? = [127, 0, 0, 1]
  ) async throws {
    authority = try VirtualAuthority()
    let server = try authority.server(names: names, address: address, days: serverDays)
    cluster = try await FakeCluster(resources, behaviour, tls: try FakeCluster.mutualTLS(authority, server))
    let client = try authority.client("alice")
    endpoint = ClusterEndpoint(name: "test", server: "https://127.0.0.1:\(cluster.port)")
    endpoint.certificateAuthority = Array(authority.certificate.utf8)
    endpoint.clientCertificate = .init(chain: Array(client.certificate.utf8), key: Array(client.key.utf8))
    settings.timeouts.idle = .seconds(60)
  }

  func snapshot(wanted: Set<GroupKind> = []) async throws -> ClusterSnapshot {
    try await Sources.snapshot([ClusterSource(endpoint, settings: settings, wanted: wanted)])
  }

  /// The one line that a scan of it ends with.
  func trouble() async -> String {
    do {
      _ = try await snapshot()
      return "no trouble"
    } catch let error as BartizanError {
      return error.message
    } catch {
      return "not one line: \(error)"
    }
  }
}

@Suite struct LiveClusterTests {
  @Test(arguments: [true, false]) func everyKindIsListedPageByPage(_ aggregated: Bool) async throws {
    var behaviour = FakeCluster.Behaviour()
    behaviour.aggregatedDiscovery = aggregated
    let live = try await LiveCluster(SampleCluster.resources(pods: 1_200), behaviour)
    let snapshot = try await live.snapshot()
    #expect(snapshot.refused.isEmpty && snapshot.problems.isEmpty)
    #expect(snapshot.objects(.pod).count == 1_200)
    #expect(snapshot.objects(GroupKind("apps", "Deployment")).count == 120)
    #expect(snapshot.objects(GroupKind("argoproj.io", "Rollout")).count == 1)
    let pages = live.cluster.log.filter { $0.uri.hasPrefix("/api/v1/pods?") }.map(\.uri)
    #expect(pages.count == 3 && pages.dropFirst().allSatisfy { $0.contains("&continue=") })
    // The controllers' pods are not judged again.
    #expect(snapshot.workloads.count == 121)
  }

  @Test func valuesOfSecretsAreDroppedAndKeysStay() async throws {
    let live = try await LiveCluster()
    let secret = try #require(try await live.snapshot().objects(.secret).first)
    #expect(secret.root[path: "data", "password"]?.string == "")
    #expect(secret.root["type"]?.string == "Opaque")
  }

  struct Trouble: Sendable, CustomTestStringConvertible {
    let name: String
    let says: String
    let behave: @Sendable (inout FakeCluster.Behaviour) -> Void
    var testDescription: String { name }
  }

  /// What a server does with the list of deployments, and what is said of it.
  static let troubles: [Trouble] = [
    Trouble(name: "forbidden", says: "cannot list resource \"deployments\"") { $0.forbidden = ["deployments.apps"] },
    Trouble(name: "truncated", says: "no JSON") { $0.truncated = ["deployments.apps"] },
    Trouble(name: "cut off", says: "broke off") { $0.cutOff = ["deployments.apps"] },
    Trouble(name: "silent", says: "sent nothing for 4 seconds") { $0.silent = ["deployments.apps"] },
    Trouble(name: "html", says: "text/html, not JSON") { $0.html = ["deployments.apps"] },
    Trouble(name: "other kind", says: "is no list") { $0.otherKind = ["deployments.apps"] },
    Trouble(name: "redirect", says: "sends us on to https://elsewhere.example") {
      $0.redirect = ["deployments.apps": "https://elsewhere.example/login"]
    },
    Trouble(name: "always busy", says: "answered 503") { $0.failsFirst = ["deployments.apps": (503, 100)] },
    Trouble(name: "circle", says: "same page over and over") { $0.circles = ["deployments.apps"] },
  ]

  @Test(arguments: troubles) func oneBrokenListIsSaidAndTheRestGoesOn(_ trouble: Trouble) async throws {
    var behaviour = FakeCluster.Behaviour()
    trouble.behave(&behaviour)
    let count = trouble.name == "circle" ? 12_000 : 40
    var live = try await LiveCluster(SampleCluster.resources(pods: count), behaviour)
    if trouble.name == "silent" { live.settings.timeouts.idle = .seconds(4) }
    let snapshot = try await live.snapshot()
    let reason = snapshot.refused[GroupKind("apps", "Deployment")] ?? ""
    #expect(reason.contains(trouble.says), "\(reason)")
    #expect(!reason.contains("\n") && snapshot.refused.count == 1)
    #expect(snapshot.objects(.pod).count == count)
    let result = await PostureScan().run(snapshot)
    #expect(result.status == .partial)
  }

  @Test(arguments: [429, 500, 503]) func aServerThatIsBusyIsAskedAgain(_ status: Int) async throws {
    var behaviour = FakeCluster.Behaviour()
    behaviour.failsFirst = ["pods": (status, 3)]
    let live = try await LiveCluster(SampleCluster.resources(pods: 40), behaviour)
    let snapshot = try await live.snapshot()
    #expect(snapshot.refused.isEmpty && snapshot.objects(.pod).count == 40)
    #expect(live.cluster.log.count { $0.uri.hasPrefix("/api/v1/pods?") } == 4)
  }

  @Test(arguments: [true, false]) func anExpiredListGoesOnOrBeginsAgain(_ withToken: Bool) async throws {
    var behaviour = FakeCluster.Behaviour()
    behaviour.expired = ["pods": withToken]
    let live = try await LiveCluster(SampleCluster.resources(pods: 1_200), behaviour)
    let snapshot = try await live.snapshot()
    #expect(snapshot.refused.isEmpty)
    #expect(Set(snapshot.objects(.pod).map(\.name)).count == 1_200)
    #expect(snapshot.objects(.pod).count == 1_200)
  }

  @Test(arguments: [true, false]) func aGroupWhoseServerIsAwayIsSaid(_ aggregated: Bool) async throws {
    var behaviour = FakeCluster.Behaviour()
    behaviour.aggregatedDiscovery = aggregated
    behaviour.stale = ["argoproj.io"]
    let live = try await LiveCluster(SampleCluster.resources(pods: 40), behaviour)
    let snapshot = try await live.snapshot()
    #expect(snapshot.refusal(of: GroupKind("argoproj.io", "Rollout")) != nil)
    #expect(snapshot.objects(.pod).count == 40)
  }

  @Test func whoMayReadOneNamespaceReadsThat() async throws {
    var behaviour = FakeCluster.Behaviour()
    behaviour.forbidden = ["pods", "deployments.apps"]
    behaviour.namespacesAreOpen = true
    var live = try await LiveCluster(SampleCluster.resources(pods: 400), behaviour)
    live.endpoint.namespace = "team-1"
    let snapshot = try await live.snapshot()
    #expect(Set(snapshot.objects(.pod).map(\.namespace)) == ["team-1"])
    #expect(snapshot.refused[.pod]?.hasPrefix("only those of team-1 may be listed") ?? false)
  }

  @Test func whatMayNotBeReadIsSaidBeforehand() async throws {
    var behaviour = FakeCluster.Behaviour()
    behaviour.forbidden = ["secrets", "group:rbac.authorization.k8s.io"]
    let live = try await LiveCluster(SampleCluster.resources(pods: 40), behaviour)
    let denied = Mutex<[String]>([])
    let listed = Mutex<Int>(0)
    let wanted = Set(CheckCatalogue.checks.flatMap(\.needs))
    let source = ClusterSource(
      live.endpoint, settings: live.settings, wanted: wanted,
      announce: { preflight in
        denied.withLock { $0 = preflight.denied.map(\.text) }
        listed.withLock { $0 = live.cluster.log.count { $0.uri.contains("limit=") } }
      })
    _ = try await Sources.snapshot([source])
    #expect(
      denied.withLock { $0 } == [
        "secrets", "clusterrolebindings.rbac.authorization.k8s.io", "clusterroles.rbac.authorization.k8s.io",
        "rolebindings.rbac.authorization.k8s.io", "roles.rbac.authorization.k8s.io",
      ])
    #expect(listed.withLock { $0 } == 0)
  }

  /// With the rights that `rbac-manifest` prints no request is refused, whatever else the cluster has.
  @Test func whatIsGrantedIsAllThatIsAskedFor() async throws {
    let others = [
      "limitedthings.other.example", "vulnerabilityreports.aquasecurity.github.io", "leases.coordination.k8s.io",
    ]
    let extra: [FakeCluster.Resource] = [
      .init("other.example", "v1", "limitedthings", "LimitedThing"),
      .init("aquasecurity.github.io", "v1alpha1", "vulnerabilityreports", "VulnerabilityReport"),
      .init("coordination.k8s.io", "v1", "leases", "Lease"),
      .init("consul.hashicorp.com", "v1alpha1", "serviceintentions", "ServiceIntentions"),
      .init("kubeovn.io", "v1", "security-groups", "SecurityGroup", namespaced: false),
      .init("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice"),
      .init("", "v1", "limitranges", "LimitRange"), .init("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim"),
    ]
    let manifest = Fixtures.snapshot(ReaderManifest.text(namespace: "bartizan", withSecrets: true))
    let inventory = AccessInventory(manifest)
    let reader = AccessSubject.serviceAccount(namespace: "bartizan", name: "bartizan")
    let resources = SampleCluster.resources(pods: 40) + extra
    var behaviour = FakeCluster.Behaviour()
    for resource in resources {
      let request = AccessRequest(
        identity: inventory.identity(of: reader), verb: "list",
        target: .resource(.init(group: resource.group, resource: resource.name)))
      if !Authorizer(inventory).decide(request).isAllowed { behaviour.forbidden.insert(resource.text) }
    }
    #expect(behaviour.forbidden.sorted() == others.sorted())
    let live = try await LiveCluster(resources, behaviour)
    let kinds = Set(ReaderManifest.kinds())
    let source = ClusterSource(live.endpoint, settings: live.settings, wanted: kinds, reads: kinds)
    let snapshot = try await Sources.snapshot([source])
    #expect(snapshot.refused.isEmpty)
    #expect(snapshot.skipped.contains(GroupKind("aquasecurity.github.io", "VulnerabilityReport")))
    #expect(snapshot.refusal(of: GroupKind("other.example", "LimitedThing"))?.hasSuffix("were not asked for") ?? false)
    #expect(
      !live.cluster.log.contains { entry in others.contains { entry.uri.contains("/\($0.prefix { $0 != "." })") } })
    #expect(snapshot.objects(.pod).count == 40)
  }

  /// Every kind that the sources name is granted and asked for, or here with the reason why not.
  @Test func everyKindThatIsNamedIsAskedFor() throws {
    // Types of the API server's own conversions and defaults, kinds of other tools' formats, and what stands for any.
    let notRead: Set<GroupKind> = [
      GroupKind("*", "*"), GroupKind("", "*"), GroupKind("audit.k8s.io", "Event"), GroupKind("events.k8s.io", "Event"),
      GroupKind("", "Event"),
      // EndpointSlices hold the same.
      GroupKind("", "Endpoints"),
      // Looked at where manifests hold them: their old versions are served no more.
      GroupKind("storage.k8s.io", "VolumeAttachment"), GroupKind("networking.k8s.io", "ServiceCIDR"),
      GroupKind("resource.k8s.io", "DeviceClass"), GroupKind("resource.k8s.io", "ResourceClaim"),
      GroupKind("resource.k8s.io", "ResourceSlice"),
      // Whose changes matter in files only: a live cluster holds what came of them.
      GroupKind("argoproj.io", "Application"), GroupKind("operators.coreos.com", "ClusterServiceVersion"),
      GroupKind("rbacmanager.reactiveops.io", "RBACDefinition"), GroupKind("hnc.x-k8s.io", "HierarchyConfiguration"),
      GroupKind("capsule.clastix.io", "Tenant"), GroupKind("management.cattle.io", "GlobalRoleBinding"),
      GroupKind("management.cattle.io", "ClusterRoleTemplateBinding"),
      GroupKind("management.cattle.io", "ProjectRoleTemplateBinding"), GroupKind("kyverno.io", "ClusterPolicy"),
      GroupKind("kyverno.io", "Policy"), GroupKind("install.istio.io", "IstioOperator"),
      GroupKind("sailoperator.io", "Istio"),
      // Files of configuration, which no API server keeps.
      GroupKind("apiserver.config.k8s.io", "AuthorizationConfiguration"), GroupKind("", "Flow"),
    ]
    let asked = Set(ReaderManifest.kinds())
    let literal = /GroupKind\("([a-z0-9.\-]*)", "([A-Za-z*]+)"\)/
    var missing = Set<GroupKind>()
    for file in SourceFiles.all(FileReaderForTests.repository + "/Sources", suffix: ".swift")
    // What installs other objects is told of in files: a live cluster holds what came of it.
    where !file.contains("/Kube/") && !file.contains("/Validation/") && !file.hasSuffix("/UnjudgedObjects.swift") {
      for match in try FileReaderForTests.text(file).matches(of: literal) {
        let kind = GroupKind(String(match.1), String(match.2))
        if !asked.contains(kind), !asked.contains(GroupKind(kind.group, "*")), !notRead.contains(kind) {
          missing.insert(kind)
        }
      }
    }
    #expect(missing.isEmpty, "\(missing.sorted().map(\.text))")
  }

  @Test func aServerThatDiesAfterDiscoveryIsSaidInOneLine() async throws {
    var behaviour = FakeCluster.Behaviour()
    behaviour.diesAfterDiscovery = true
    for wanted in [Set<GroupKind>(), Set(ReaderManifest.kinds())] {
      let live = try await LiveCluster(SampleCluster.resources(pods: 40), behaviour)
      do {
        _ = try await live.snapshot(wanted: wanted)
        Issue.record("a cluster of which nothing was read")
      } catch let error as BartizanError {
        #expect(error.code == .remote && !error.message.contains("\n"))
        #expect(error.message.hasPrefix("context \"test\""), "\(error.message)")
      }
      // What is left of the lists is not waited for, one by one.
      #expect(live.cluster.log.count < SampleCluster.resources(pods: 40).count)
    }
  }

  /// Each API group is refused in turn; with none of them may a check that needs it say *pass*.
  @Test(arguments: Array(Set(SampleCluster.resources(pods: 10).map(\.group))).sorted())
  func nothingPassesForWantOfAGroup(_ group: String) async throws {
    var behaviour = FakeCluster.Behaviour()
    behaviour.forbidden = ["group:" + group]
    let live = try await LiveCluster(SampleCluster.resources(pods: 40), behaviour)
    let result = await PostureScan().run(try await live.snapshot())
    var blinded = 0
    for check in CheckCatalogue.checks
    where check.needs.contains(where: { kind in
      kind.group == group && SampleCluster.resources(pods: 1).contains { $0.group == group && $0.kind == kind.kind }
    }) {
      let tally = try #require(result.byCheck[check.metadata.id])
      #expect(tally.passed == 0 && tally.notEvaluated > 0, "\(check.metadata.id.rawValue)")
      blinded += 1
    }
    #expect(blinded > 0)
    for framework in Control.Framework.allCases {
      for row in FrameworkReport(framework, result).rows where row.status == .passed {
        #expect(row.checks.allSatisfy { (result.byCheck[CheckID($0)]?.notEvaluated ?? 0) == 0 }, "\(row.id)")
      }
    }
  }

  @Test func aSnapshotKeepsEverythingButTheValuesOfSecrets() async throws {
    var behaviour = FakeCluster.Behaviour()
    behaviour.forbidden = ["ingresses.networking.k8s.io"]
    let live = try await LiveCluster(SampleCluster.resources(pods: 40), behaviour)
    let snapshot = try await live.snapshot()
    let archive = try SnapshotArchive.bytes(snapshot, source: "test", taken: "2026-11-25T00:00:00Z", time: 0)
    let folder = try TemporaryFolder()
    try folder.write("state.tar.gz", archive)
    let again = try await Sources.snapshot([PathSource(folder.path + "/state.tar.gz")])
    #expect(again.objects.count == snapshot.objects.count)
    #expect(again.kinds == snapshot.kinds && again.refused == snapshot.refused)
    let (before, after) = (await PostureScan().run(snapshot), await PostureScan().run(again))
    #expect(Set(before.findings.map(\.fingerprint)) == Set(after.findings.map(\.fingerprint)))
    #expect(before.tally == after.tally && after.status == .partial)
    let plain = try Gzip.decompress(archive)
    #expect(!String(decoding: plain, as: UTF8.self).contains("aHVudGVyMg=="))
  }

  @Test func kubectlReadsTheSameServer() async throws {
    guard let kubectl = Program.find("kubectl") else {
      print("skipped: kubectl is not in PATH")
      return
    }
    let live = try await LiveCluster()
    let client = try live.authority.client("alice")
    let folder = try TemporaryFolder()
    try folder.write(
      "config",
      SampleCluster.kubeconfig(
        port: live.cluster.port, authority: live.authority.certificate, client: client, context: "test"))
    let (status, output) = try await Program.run(
      kubectl, ["--kubeconfig", folder.path + "/config", "--cache-dir", folder.path, "get", "pods", "-A", "-o", "name"])
    #expect(status == 0)
    #expect(output.split(separator: "\n").count == 40)
    // And what kubectl is told to use, Bartizan understands alike.
    let endpoint = try Kubeconfig.load(folder.path + "/config", environment: { _ in nil }).endpoint(nil)
    let snapshot = try await Sources.snapshot([ClusterSource(endpoint)])
    #expect(snapshot.objects(.pod).count == 40)
  }
}

@Suite struct ClusterConnectionTests {
  @Test func anExpiredCertificateOfTheServerIsNamed() async throws {
    let live = try await LiveCluster(serverDays: -1)
    #expect(await live.trouble().contains("expired on 20"))
  }

  @Test func aCertificateOfAnotherAuthorityIsRefused() async throws {
    var live = try await LiveCluster()
    live.endpoint.certificateAuthority = Array(try VirtualAuthority("another").certificate.utf8)
    #expect(
      await live.trouble().contains(
        "signed by an unknown authority, not by the certificate-authority of the kubeconfig"))
    live.endpoint.skipsVerification = true
    #expect(await live.trouble() == "no trouble")
  }

  @Test func theNameOfTheServerIsChecked() async throws {
    var live = try await LiveCluster(names: ["api.example"], address: nil)
    #expect(await live.trouble().contains("valid for api.example, not for 127.0.0.1"))
    live.endpoint.serverName = "api.example"
    #expect(await live.trouble() == "no trouble")
    live.endpoint.serverName = "other.example"
    #expect(await live.trouble().contains("not for other.example"))
  }

  @Test func aClientCertificateThatExpiredIsNotEvenSent() async throws {
    var live = try await LiveCluster()
    let client = try live.authority.client("alice", days: -1)
    live.endpoint.clientCertificate = .init(chain: Array(client.certificate.utf8), key: Array(client.key.utf8))
    #expect(await live.trouble().contains("your client certificate expired on 20"))
    #expect(live.cluster.log.isEmpty)
  }

  @Test func aServerThatWantsACertificateSaysSo() async throws {
    var live = try await LiveCluster()
    live.endpoint.clientCertificate = nil
    #expect(await live.trouble().contains("wants a client certificate"))
    let stranger = try VirtualAuthority("another").client("mallory")
    live.endpoint.clientCertificate = .init(chain: Array(stranger.certificate.utf8), key: Array(stranger.key.utf8))
    #expect(await live.trouble().contains("does not accept your client certificate"))
  }

  @Test func credentialsDoNotTravelOverPlainHTTP() async throws {
    var live = try await LiveCluster()
    live.endpoint.server = "http://127.0.0.1:\(live.cluster.port)"
    #expect(await live.trouble().contains("credentials are not sent over it"))
  }

  @Test func aServerThatIsNotThereIsSaid() async throws {
    var live = try await LiveCluster()
    live.endpoint.server = "https://127.0.0.1:1"
    #expect(await live.trouble().contains("Connection refused"))
    live.endpoint.server = "https://nowhere.invalid"
    #expect(await live.trouble().contains("no connection to https://nowhere.invalid"))
    live.endpoint.server = "ftp://x"
    #expect(await live.trouble().contains("is no http or https URL"))
  }

  @Test func aWrongTokenIsSaidAndNeverShown() async throws {
    var behaviour = FakeCluster.Behaviour()
    behaviour.token = "right"
    var live = try await LiveCluster([.init("", "v1", "pods", "Pod")], behaviour)
    live.endpoint.credential = .token("wrong-and-secret")
    let trouble = await live.trouble()
    #expect(trouble.contains("does not know these credentials (401)") && !trouble.contains("wrong-and-secret"))
    live.endpoint.credential = .token("right")
    #expect(await live.trouble() == "no trouble")
  }

  @Test func aTokenFileIsReadAgainWhenItsTokenIsRefused() async throws {
    var behaviour = FakeCluster.Behaviour()
    behaviour.token = "right"
    var live = try await LiveCluster([.init("", "v1", "pods", "Pod")], behaviour)
    let folder = try TemporaryFolder()
    try folder.write("token", "old\n")
    live.endpoint.credential = .tokenFile(folder.path + "/token")
    let client = try await KubernetesClient.connect(live.endpoint)
    try folder.write("token", "right\n")
    #expect(try await client.listableKinds() == ["pods"])
    await client.close()
  }

  @Test func impersonationTravelsInHeaders() async throws {
    var live = try await LiveCluster([.init("", "v1", "pods", "Pod")])
    live.endpoint.impersonation = .init(user: "bob", groups: ["a", "b"])
    _ = try await live.snapshot()
    let request = try #require(live.cluster.log.first)
    #expect(request.header("Impersonate-User") == "bob")
    #expect(request.headers.filter { $0.name == "Impersonate-Group" }.map(\.value) == ["a", "b"])
  }

  @Test func aPodFindsItsCluster() throws {
    let folder = try TemporaryFolder()
    try folder.write("token", "t")
    try folder.write("ca.crt", "PEM")
    try folder.write("namespace", "shop")
    let variables = ["KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"]
    let endpoint = try InClusterEndpoint.find(environment: { variables[$0] }, folder: folder.path)
    #expect(endpoint.server == "https://[fd00::1]:443" && endpoint.namespace == "shop")
    #expect(endpoint.certificateAuthority == Array("PEM".utf8))
    #expect(throws: BartizanError.self) { try InClusterEndpoint.find(environment: { _ in nil }, folder: folder.path) }
    #expect(throws: BartizanError.self) {
      try InClusterEndpoint.find(environment: { variables[$0] }, folder: folder.path + "/nothing")
    }
  }
}
