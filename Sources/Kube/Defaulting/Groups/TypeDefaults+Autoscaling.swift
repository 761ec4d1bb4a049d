import Bytes

/// Source: `pkg/apis/autoscaling/{v1,v2}/defaults.go` of Kubernetes 1.36.
extension TypeDefaults {
  static let autoscaling: [String: TypeDefaults] = [
    "autoscaling/v1.HorizontalPodAutoscalerSpec": TypeDefaults([("minReplicas", 1)]),
    "autoscaling/v2.HorizontalPodAutoscalerSpec": TypeDefaults([
      ("minReplicas", 1),
      (
        "metrics",
        [
          [
            "type": "Resource",
            "resource": ["name": "cpu", "target": ["type": "Utilization", "averageUtilization": 80]],
          ]
        ]
      ),
    ]),
    "autoscaling/v2.HorizontalPodAutoscalerBehavior": TypeDefaults(begin: { fields in
      fields["scaleUp"] = filled(
        fields["scaleUp"],
        [
          "stabilizationWindowSeconds": 0, "selectPolicy": "Max",
          "policies": [
            ["type": "Pods", "value": 4, "periodSeconds": 15], ["type": "Percent", "value": 100, "periodSeconds": 15],
          ],
        ])
      fields["scaleDown"] = filled(
        fields["scaleDown"],
        ["selectPolicy": "Max", "policies": [["type": "Percent", "value": 100, "periodSeconds": 15]]])
    }),
  ]

  private static func filled(_ rules: DocumentNode?, _ defaults: DocumentNode) -> DocumentNode {
    var result = rules ?? [:]
    for entry in defaults.entries where result[entry.key] == nil { result = result.setting(entry.key, entry.value) }
    return result
  }
}
