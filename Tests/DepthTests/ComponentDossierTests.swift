import Access
import Bytes
import Depth
import Findings
import Kube
import PodSecurity
import TestKit
import Testing

/// What people install is recognised by itself, and its dossier is complete.
@Suite(.enabled(if: SharedData.isPresent, "the shared data is not beside this checkout"))
struct ComponentDossierTests {
  /// What a project's own documentation and manifests say of it.
  struct Project: Sendable, CustomTestStringConvertible {
    let name: String
    let files: [String]
    var namespace: String?
    let version: String?
    let grade: ComponentDossier.Grade
    let accounts: Int
    let workloads: Int
    let groups: [String]
    /// Webhooks, conversions and APIServices.
    let callbacks: Int
    /// Objects of the input that belong to nobody.
    var left = 0

    var testDescription: String { name }
  }

  private static let manifests = "real-manifests/"
  private static let golden = "istio/operator~cmd~mesh~testdata~manifest-generate~output~"

  static let projects: [Project] = [
    Project(
      name: "argocd", files: ["real-manifests/argo-cd/manifests~install.yaml"], namespace: "argocd", version: nil,
      grade: .f, accounts: 7, workloads: 7, groups: ["argoproj.io"], callbacks: 0),
    Project(
      name: "ingress-nginx", files: ["real-manifests/ingress-nginx/deploy~static~provider~cloud~deploy.yaml"],
      version: "1.15.1", grade: .e, accounts: 2, workloads: 3, groups: [], callbacks: 1),
    Project(
      name: "istio", files: ["real-manifests/" + golden + "all_on.golden-show-in-gh-pull-request.yaml"],
      version: "1.0.0", grade: .f, accounts: 4, workloads: 3,
      groups: ["extensions.istio.io", "networking.istio.io", "security.istio.io", "telemetry.istio.io"], callbacks: 5),
    Project(
      name: "kube-prometheus",
      files: SharedData.files("posture/real-manifests/kube-prometheus").map {
        String($0.dropFirst(SharedData.root.count + "/posture/".count))
      },
      version: nil, grade: .f, accounts: 8, workloads: 6, groups: ["monitoring.coreos.com"], callbacks: 1),
    Project(
      name: "metallb", files: ["real-manifests/metallb/config~manifests~metallb-native.yaml"], version: nil, grade: .e,
      accounts: 2, workloads: 2, groups: ["metallb.io"], callbacks: 7),
    Project(
      name: "rook-ceph-operator",
      files: ["common", "operator", "crds", "csi-operator"].map { "real-manifests/rook/deploy~examples~\($0).yaml" },
      version: nil, grade: .f, accounts: 17, workloads: 2, groups: ["ceph.rook.io", "csi.ceph.io", "objectbucket.io"],
      callbacks: 0),
    Project(
      name: "kiali", files: ["real-manifests/istio/samples~addons~kiali.yaml"], version: "v2.27.0", grade: .f,
      accounts: 1, workloads: 1, groups: [], callbacks: 0),
    Project(
      name: "loki", files: ["real-manifests/istio/samples~addons~loki.yaml"], version: "3.6.7", grade: .e, accounts: 1,
      workloads: 1, groups: [], callbacks: 0),
    Project(
      name: "argo-cd", files: ["charts-rendered/argoproj+argo-helm__charts__argo-cd.yaml"], version: "v3.4.4",
      grade: .f, accounts: 8, workloads: 8, groups: ["argoproj.io"], callbacks: 0),
    Project(
      name: "metallb", files: ["charts-rendered/bitnami+charts__bitnami__metallb.yaml"], version: "0.15.2", grade: .f,
      accounts: 2, workloads: 2, groups: ["metallb.io"], callbacks: 8),
    Project(
      name: "prometheus-operator", files: ["charts-rendered/helm+charts__stable__prometheus-operator.yaml"],
      version: "7.1.1", grade: .f, accounts: 8, workloads: 6, groups: ["monitoring.coreos.com"], callbacks: 2),
  ]

  static func snapshot(_ files: [String], namespace: String?) throws -> ClusterSnapshot {
    var builder = ClusterSnapshot.Builder()
    for file in files {
      let path = SharedData.root + "/posture/" + file
      ManifestReader.read(try FileReaderForTests.bytes(path), file: file, into: &builder, limits: .standard)
    }
    let snapshot = builder.build()
    return namespace.map { snapshot.inNamespace($0) } ?? snapshot
  }

  @Test(arguments: projects) func isRecognisedWhole(_ project: Project) throws {
    let snapshot = try Self.snapshot(project.files, namespace: project.namespace)
    let catalogue = ComponentCatalogue(snapshot)
    let component = try #require(catalogue.named(project.name).first, "\(catalogue.components.map(\.name))")
    #expect(catalogue.named(project.name).count == 1)
    #expect(component.isPlatform)
    #expect(component.version == project.version)
    let known = Set(catalogue.components.flatMap(\.objects).map(\.subject))
    let left = snapshot.objects.map(\.subject).filter { !known.contains($0) }
    #expect(left.count == project.left, "\(left.map(\.text))")
    let graph = DepthClusters.graph(snapshot)
    let dossier = ComponentDossier(component, graph, ComponentDossier.Context(graph, today: "2026-01-01"))
    #expect(dossier.grade == project.grade, "\(dossier.remarks.map(\.text))")
    #expect(dossier.access.accounts.count == project.accounts, "\(dossier.access.accounts.map(\.text))")
    #expect(dossier.confinement.count == project.workloads, "\(dossier.confinement.map(\.workload.text))")
    #expect(dossier.customResources.map(\.group) == project.groups)
    #expect(dossier.callbacks.count == project.callbacks, "\(dossier.callbacks.map(\.name))")
    // Every chapter that applies is there.
    #expect(dossier.egress.count == dossier.confinement.count && dossier.tokens.count == dossier.confinement.count)
    #expect(!dossier.images.isEmpty && dossier.worth != nil)
    for fall in dossier.worth?.falls ?? [] {
      #expect(fall.path?.steps.allSatisfy { graph.holds($0.proof) } == true, "\(fall.target)")
    }
  }
}

/// Signs of installers, and what a grade is made of.
struct ComponentCatalogueTests {
  private static let pod = "spec: {containers: [{name: c, image: 'registry.example/thing:1.2'}]}"

  private static func deployment(_ name: String, _ namespace: String, _ metadata: String = "") -> String {
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: \(name), namespace: \(namespace)\(metadata)}\nspec: {selector: {matchLabels: {x: \(name)}}, template: {metadata: {labels: {x: \(name)}}, spec: {serviceAccountName: \(name), containers: [{name: c, image: 'registry.example/\(name):1.2'}]}}}\n---\n"
  }

  private static func names(_ yaml: String) -> [String] {
    ComponentCatalogue(Fixtures.snapshot(yaml)).components.map(\.name)
  }

  @Test func helmsRecordOfAReleaseIsDecoded() throws {
    let record =
      #"{"name":"edge","namespace":"web","version":3,"info":{"status":"deployed","last_deployed":"2026-02-01T00:00:00Z"},"chart":{"metadata":{"name":"traefik","version":"33.0.0","appVersion":"v3.2.1"}}}"#
    let packed = Base64.encode(Array(Base64.encode(try Gzip.compress(Array(record.utf8))).utf8))
    let secret =
      "apiVersion: v1\nkind: Secret\ntype: helm.sh/release.v1\nmetadata: {name: sh.helm.release.v1.edge.v3, namespace: web, labels: {owner: helm, name: edge, version: '3', status: deployed}}\ndata: {release: \(packed)}\n---\n"
    let yaml =
      secret
      + Self.deployment(
        "traefik", "web",
        ", annotations: {meta.helm.sh/release-name: edge, meta.helm.sh/release-namespace: web}")
    let component = try #require(ComponentCatalogue(Fixtures.snapshot(yaml)).named("edge").first)
    #expect(component.name == "traefik" && component.version == "v3.2.1")
    #expect(component.release?.revision == 3 && component.release?.chartVersion == "33.0.0")
    // Without its data, as where Secrets are not kept whole, the labels are left.
    let bare = yaml.replacing("data: {release: \(packed)}\n", with: "")
    #expect(ComponentCatalogue(Fixtures.snapshot(bare)).named("edge").first?.release?.status == "deployed")
    // What is no record says nothing, and stops nothing.
    let broken = yaml.replacing(packed, with: "bm90IGEgcmVsZWFzZQ==")
    #expect(ComponentCatalogue(Fixtures.snapshot(broken)).named("edge").count == 1)
  }

  @Test func aNamespaceMadeForItIsItsHome() throws {
    let yaml =
      "apiVersion: v1\nkind: Namespace\nmetadata: {name: keda-system}\n---\n"
      + Self.deployment("keda-operator", "keda-system", ", labels: {app: keda}")
      + Self.deployment("metrics", "keda-system", ", labels: {app: metrics-server}")
      + "apiVersion: v1\nkind: Service\nmetadata: {name: plain, namespace: keda-system}\nspec: {ports: [{port: 1}]}\n"
    let components = ComponentCatalogue(Fixtures.snapshot(yaml)).components
    #expect(components.map(\.name) == ["keda"])
    #expect(components.first?.objects.count == 4)
  }

  @Test func twoReleasesOfOneChartAreTwo() {
    func release(_ name: String) -> String {
      Self.deployment(
        name, "web",
        ", labels: {app.kubernetes.io/managed-by: Helm, app.kubernetes.io/instance: \(name), app.kubernetes.io/part-of: shop}"
      )
    }
    #expect(Self.names(release("blue") + release("green")) == ["blue", "green"])
  }

  @Test func whatComesWithTheClusterIsNobodys() {
    let yaml =
      "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: 'system:controller:x', labels: {kubernetes.io/bootstrapping: rbac-defaults}}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system, labels: {component: kube-apiserver, tier: control-plane}}\n\(Self.pod)\n"
    #expect(Self.names(yaml).isEmpty)
  }

  @Test func webhooksBelongToWhoeverAnswers() throws {
    let yaml =
      Self.deployment("guard", "guard", ", labels: {app.kubernetes.io/name: guard}")
      + "apiVersion: v1\nkind: Service\nmetadata: {name: hook, namespace: guard, labels: {app.kubernetes.io/name: guard}}\nspec: {ports: [{port: 443}]}\n---\napiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: anything}\nwebhooks: [{name: pods.guard.example, clientConfig: {service: {name: hook, namespace: guard}}, rules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}]\n"
    let snapshot = Fixtures.snapshot(yaml)
    let component = try #require(ComponentCatalogue(snapshot).named("guard").first)
    let graph = DepthClusters.graph(snapshot)
    let dossier = ComponentDossier(component, graph, ComponentDossier.Context(graph, today: nil))
    #expect(dossier.callbacks.count == 1)
    #expect(dossier.remarks.contains { $0.kind == .stopsPods })
  }

  /// What is added to a harmless component, and the reason that it gives.
  @Test(
    arguments: [
      ("", nil),
      ("clusterrolebinding:cluster-admin", ComponentDossier.Remark.Kind.takesCluster),
      ("privileged", .takesNode), ("privileged", .privilegedPods), ("token", .tokenSecret),
    ] as [(String, ComponentDossier.Remark.Kind?)])
  func reasons(_ addition: String, _ kind: ComponentDossier.Remark.Kind?) throws {
    var yaml = Self.deployment("thing", "things", ", labels: {app: thing}")
    switch addition {
    case "clusterrolebinding:cluster-admin":
      yaml +=
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: anything}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}\nsubjects: [{kind: ServiceAccount, name: thing, namespace: things}]\n"
    case "privileged":
      yaml = yaml.replacing(
        "image: 'registry.example/thing:1.2'",
        with: "image: 'registry.example/thing:1.2', securityContext: {privileged: true}")
    case "token":
      yaml +=
        "apiVersion: v1\nkind: Secret\ntype: kubernetes.io/service-account-token\nmetadata: {name: t, namespace: things, annotations: {kubernetes.io/service-account.name: thing}}\n"
    default: break
    }
    let snapshot = Fixtures.snapshot(yaml)
    let component = try #require(ComponentCatalogue(snapshot).named("thing").first)
    let graph = DepthClusters.graph(snapshot)
    let dossier = ComponentDossier(component, graph, ComponentDossier.Context(graph, today: nil))
    if let kind {
      #expect(dossier.remarks.contains { $0.kind == kind }, "\(dossier.remarks.map(\.text))")
    } else {
      #expect(dossier.grade <= .b, "\(dossier.remarks.map(\.text))")
    }
  }
}
