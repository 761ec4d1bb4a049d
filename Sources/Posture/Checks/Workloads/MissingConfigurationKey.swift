import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks up the keys that containers and volumes want of ConfigMaps which the input holds. What is optional may be missing.
package struct MissingConfigurationKey: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "missing-configuration-key", title: "Key that the ConfigMap does not have", area: .workloads, severity: .low,
    rationale: "The pods do not start: the kubelet waits for the key until somebody adds it.",
    remediation: "Mend the name of the key, add it to the ConfigMap, or say `optional: true`.",
    example: """
      spec:
        containers:
          - name: app
            image: registry.example.com/app:1.4.2
            env:
              - name: LOG_LEVEL
                valueFrom:
                  configMapKeyRef:
                    name: app
                    key: log-level
      """,
    controls: [.nsa("pod-security")],
    references: [
      Reference("ConfigMaps", "https://kubernetes.io/docs/concepts/configuration/configmap/")
    ],
    absenceOf: [.configMap])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    let namespace = workload.object.effectiveNamespace
    var evidence: [Evidence] = []
    func look(_ map: DocumentNode, key holder: DocumentNode, _ path: String) {
      guard let name = map["name"]?.string, map["optional"]?.bool != true, let key = holder["key"]?.string,
        let keys = context.keys(ofConfigMap: name, in: namespace), !keys.contains(key)
      else { return }
      evidence.append(Evidence(in: holder, path: path, ["key"]))
    }
    for container in workload.containers {
      for (index, variable) in (container.node["env"]?.elements ?? []).enumerated() {
        guard let reference = variable[path: "valueFrom", "configMapKeyRef"] else { continue }
        look(reference, key: reference, "\(container.path).env[\(index)].valueFrom.configMapKeyRef")
      }
    }
    for (index, volume) in workload.template.volumes.enumerated() {
      guard let map = volume["configMap"] else { continue }
      for (number, item) in (map["items"]?.elements ?? []).enumerated() {
        look(map, key: item, "\(workload.template.volumePath(index)).configMap.items[\(number)]")
      }
    }
    return .failing(on: evidence, "the ConfigMap has no \(listed("key", evidence.compactMap(\.value)))")
  }
}
