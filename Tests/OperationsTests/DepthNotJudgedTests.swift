import Depth
import Kube
import Operations
import TestKit
import Testing

/// What a change does is judged, or it is said that it was not.
@Suite struct DepthNotJudgedTests {
  private static func object(_ version: String, _ kind: String, spec: String = "{}") -> String {
    "apiVersion: \(version)\nkind: \(kind)\nmetadata: {name: x, namespace: shop}\nspec: \(spec)\n"
  }

  private func notJudged(_ new: String, from old: String = "", isWhole: Bool = false) -> [String] {
    DepthOperation.notJudged(from: Fixtures.snapshot(old), to: Fixtures.snapshot(new), isWhole: isWhole).map(
      \.kind.kind)
  }

  @Test(arguments: [
    ("helm.toolkit.fluxcd.io/v2", "HelmRelease"), ("kustomize.toolkit.fluxcd.io/v1", "Kustomization"),
    ("argoproj.io/v1alpha1", "Application"), ("argoproj.io/v1alpha1", "ApplicationSet"), ("acme.example/v1", "Widget"),
    ("helm.cattle.io/v1", "HelmChart"), ("getambassador.io/v3alpha1", "Mapping"),
    ("source.toolkit.fluxcd.io/v1", "GitRepository"),
  ]) func whatIsUpToAController(_ version: String, _ kind: String) {
    #expect(notJudged(Self.object(version, kind)) == [kind])
    // It is what it was.
    #expect(notJudged(Self.object(version, kind), from: Self.object(version, kind)).isEmpty)
    #expect(notJudged(Self.object(version, kind, spec: "{a: 1}"), from: Self.object(version, kind)) == [kind])
    // With it goes what it made.
    #expect(notJudged("", from: Self.object(version, kind), isWhole: true) == [kind])
    #expect(notJudged("", from: Self.object(version, kind)).isEmpty)
  }

  @Test(arguments: [
    ("v1", "ConfigMap"), ("apps/v1", "Deployment"), ("networking.k8s.io/v1", "NetworkPolicy"),
    ("cilium.io/v2", "CiliumNetworkPolicy"), ("security.istio.io/v1", "AuthorizationPolicy"),
    ("gateway.networking.k8s.io/v1", "HTTPRoute"), ("argoproj.io/v1alpha1", "Rollout"),
    ("monitoring.coreos.com/v1", "ServiceMonitor"), ("rbac.authorization.k8s.io/v1", "Role"),
  ]) func whatIsJudged(_ version: String, _ kind: String) {
    #expect(notJudged(Self.object(version, kind)).isEmpty)
  }

  @Test func manifestsThatInstallOthersAreNotTheWhole() {
    let pod =
      "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: shop}\nspec: {containers: [{name: c, image: i}]}\n"
    let operation = DepthOperation(reach: ReachOperation(profile: nil, plugin: nil))
    let graph = operation.graph(
      of: Fixtures.snapshot(pod + "---\n" + Self.object("helm.toolkit.fluxcd.io/v2", "HelmRelease")))
    #expect(DepthOperation.notSeen(graph).contains { $0.kind.kind == "HelmRelease" })
    let route = operation.graph(
      of: Fixtures.snapshot(pod + "---\n" + Self.object("getambassador.io/v3alpha1", "Mapping")))
    #expect(DepthOperation.notSeen(route).contains { $0.kind.kind == "Mapping" })
  }
}
