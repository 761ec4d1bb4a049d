import Bytes

/// Pods stay five minutes on a node that is not ready or not reachable.
struct DefaultTolerationSeconds: BuiltInPlugin {
  let name = "DefaultTolerationSeconds"

  func admit(_ request: inout AdmissionRequest, _ cluster: AdmissionCluster) -> PluginAnswer {
    guard request.concerns("", "pods", .create, .update), let spec = request.object["spec"] else { return .passed }
    var tolerations = spec["tolerations"]?.elements ?? []
    let written = tolerations
    for key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] {
      let isTolerated = written.contains { toleration in
        let effect = toleration["effect"]?.string ?? ""
        let own = toleration["key"]?.string ?? ""
        return (own == key || own.isEmpty) && (effect == "NoExecute" || effect.isEmpty)
      }
      if isTolerated { continue }
      tolerations.append([
        "key": DocumentNode(.string(key)), "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300,
      ])
    }
    if tolerations.count != written.count {
      request.object = request.object.setting(path: ["spec", "tolerations"], DocumentNode(.array(tolerations)))
    }
    return .passed
  }
}
