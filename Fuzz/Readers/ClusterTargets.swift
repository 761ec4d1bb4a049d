import Access
import Admission
import Bytes
import Depth
import Detect
import Kube
import PodSecurity
import Posture
import Reach

extension FuzzTarget {
  /// What the manifests in an input make of a cluster.
  private static func snapshot(_ bytes: [UInt8]) -> ClusterSnapshot {
    var builder = ClusterSnapshot.Builder()
    ManifestReader.read(bytes, file: "fuzz.yaml", into: &builder, limits: .standard)
    return builder.build()
  }

  static let cluster: [FuzzTarget] = [
    FuzzTarget(
      name: "scan",
      waiting: { bytes in
        _ = await PostureScan().run(snapshot(bytes), width: 1)
      }),
    FuzzTarget(name: "depth") { bytes in
      let snapshot = snapshot(bytes)
      guard snapshot.objects.count < 50 else { return }
      let model = ReachModel(snapshot, profile: .of(NetworkPlugin.detect(snapshot)))
      let graph = DepthGraph(DepthGraph.Input(AccessInventory(snapshot), model))
      _ = DepthReview(graph, from: [.internet], to: [])
    },
    FuzzTarget(name: "network") { bytes in
      let snapshot = snapshot(bytes)
      guard snapshot.objects.count < 50 else { return }
      for profile in ReachProfile.all {
        let model = ReachModel(snapshot, profile: profile)
        _ = ConnectivitySummary(model)
        _ = PolicyLint(model)
        _ = Exposure(model)
      }
    },
    FuzzTarget(name: "access") { bytes in
      let snapshot = snapshot(bytes)
      let profile = AccessProfile(AccessInventory(snapshot))
      let graph = EscalationGraph(profile, namespaces: ["default"], pods: [])
      _ = graph.paths(to: .clusterAdmin)
    },
    FuzzTarget(name: "policies") { bytes in
      let snapshot = snapshot(bytes)
      _ = PolicySet(snapshot.objects)
      _ = PolicyRemarks(snapshot)
    },
    FuzzTarget(name: "review of admission") { bytes in _ = try AdmissionReviewRequest(json: bytes) },
  ]
}
