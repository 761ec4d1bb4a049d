import Bytes
import Findings
import Kube

extension PodSecurityControl {
  static let restrictedVolumes = PodSecurityControl(
    id: "restrictedVolumes", level: .restricted, overrides: ["hostPathVolumes"],
    revisions: [
      (
        0,
        { template in
          let bad = template.volumes.enumerated().compactMap { index, volume -> (Int, DocumentNode, String)? in
            guard let type = restrictedType(volume) else { return nil }
            return (index, volume, type)
          }
          guard !bad.isEmpty else { return nil }
          let types = Set(bad.map(\.2)).sorted()
          let names = PodSecurityText.quoted(bad.map { $0.1["name"]?.text ?? "" })
          return PodSecurityViolation(
            reason: "restricted volume types",
            detail: PodSecurityText.plural("volume", "volumes", bad.count) + " \(names) "
              + PodSecurityText.plural("uses", "use", bad.count) + " restricted volume "
              + PodSecurityText.plural("type", "types", types.count) + " " + PodSecurityText.quoted(types),
            evidence: bad.map {
              // The path of a hostPath is what its baseline control shows, so that both name the same place.
              Evidence(in: $0.1, path: template.volumePath($0.0), $0.2 == "hostPath" ? ["hostPath", "path"] : [$0.2])
            },
            edits: bad.map { Edit(template.volumePath($0.0) + "." + $0.2, .remove) })
        }
      )
    ],
    metadata: CheckMetadata(
      id: "pss-restricted-volumes", title: "Volume type outside the restricted set", area: .podSecurity,
      severity: .low,
      rationale:
        "In-tree network volumes put addresses and credentials of storage into the pod's manifest and past the storage classes that the cluster's owner controls.",
      remediation:
        "Use a PersistentVolumeClaim, or one of configMap, csi, downwardAPI, emptyDir, ephemeral, image, projected, secret.",
      example: """
        spec:
          volumes:
            - name: data
              persistentVolumeClaim:
                claimName: data
        """,
      controls: [.pss("restricted/volumes"), .nsa("pod-security")], references: [standardsPage],
      aliases: ["trivy:KSV-0028"]))

  private static let allowedVolumes: Set<String> = [
    "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected",
    "secret",
  ]
  private static let knownRestricted: Set<String> = [
    "awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "fc", "flexVolume", "flocker",
    "gcePersistentDisk", "gitRepo", "glusterfs", "hostPath", "iscsi", "nfs", "photonPersistentDisk",
    "portworxVolume", "quobyte", "rbd", "scaleIO", "storageos", "vsphereVolume",
  ]

  /// Nil for an allowed volume. One without any source becomes an emptyDir on its way into the API server.
  private static func restrictedType(_ volume: DocumentNode) -> String? {
    let sources = volume.entries.filter { $0.key != "name" && !$0.value.isNull }.map(\.key)
    if sources.isEmpty || sources.contains(where: allowedVolumes.contains) { return nil }
    return sources.first(where: knownRestricted.contains) ?? "unknown"
  }
}
