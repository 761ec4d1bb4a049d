import Bytes
import Kube

/// Gives a pod its account and the account's token.
///
/// Source: `plugin/pkg/admission/serviceaccount/admission.go` of Kubernetes.
struct ServiceAccountPlugin: BuiltInPlugin {
  let name = "ServiceAccount"
  private static let mountPath = "/var/run/secrets/kubernetes.io/serviceaccount"

  func admit(_ request: inout AdmissionRequest, _ cluster: AdmissionCluster) -> PluginAnswer {
    guard request.concerns("", "pods", .create), var spec = request.object["spec"] else { return .passed }
    if request.object.metadataAnnotations["kubernetes.io/config.mirror"] != nil { return .passed }
    var accountName = spec["serviceAccountName"]?.string ?? ""
    if accountName.isEmpty {
      accountName = "default"
      spec = spec.setting("serviceAccountName", "default").setting("serviceAccount", "default")
    }
    let account = cluster.object(.serviceAccount, namespace: request.namespace, name: accountName)
    var answer = PluginAnswer.passed
    if account == nil {
      switch cluster.knowledge(of: .serviceAccount) {
      // Every namespace gets its default account from a controller.
      case .all where accountName != "default":
        return .refused(
          .forbidden(
            request,
            "error looking up service account \(request.namespace)/\(accountName): serviceaccount \"\(accountName)\" not found"
          ))
      case .part(let reason) where accountName != "default":
        answer = .unknown("whether ServiceAccount \(request.namespace)/\(accountName) exists: \(reason)")
      default: break
      }
    }
    let mounts =
      spec["automountServiceAccountToken"]?.bool ?? account?["automountServiceAccountToken"]?.bool ?? true
    if mounts { spec = Self.mountingToken(spec) }
    if spec["imagePullSecrets"]?.elements.isEmpty ?? true, let secrets = account?["imagePullSecrets"] {
      spec = spec.setting("imagePullSecrets", secrets)
    }
    request.object = request.object.setting("spec", spec)
    return answer
  }

  /// The server makes up a name; this one stands for it.
  package static let volumeName = "kube-api-access-00000"

  private static func mountingToken(_ spec: DocumentNode) -> DocumentNode {
    let existing = (spec["volumes"]?.elements ?? []).first { volume in
      volume["name"]?.string?.hasPrefix("kube-api-access-") == true && volume["projected"] != nil
    }
    let name = existing?["name"]?.string ?? volumeName
    var isNeeded = false
    var spec = spec
    for list in ["initContainers", "containers"] {
      guard let containers = spec[list]?.array else { continue }
      let mounted = containers.map { container -> DocumentNode in
        let mounts = container["volumeMounts"]?.elements ?? []
        if mounts.contains(where: { $0["mountPath"]?.string == mountPath }) { return container }
        isNeeded = true
        return container.setting(
          "volumeMounts",
          DocumentNode(
            .array(
              mounts + [
                ["name": DocumentNode(.string(name)), "readOnly": true, "mountPath": DocumentNode(.string(mountPath))]
              ])))
      }
      spec = spec.setting(list, spec[list]?.with(.array(mounted)))
    }
    guard isNeeded, existing == nil else { return spec }
    let volume: DocumentNode = [
      "name": DocumentNode(.string(name)),
      "projected": [
        "sources": [
          ["serviceAccountToken": ["expirationSeconds": 3607, "path": "token"]],
          ["configMap": ["name": "kube-root-ca.crt", "items": [["key": "ca.crt", "path": "ca.crt"]]]],
          [
            "downwardAPI": [
              "items": [["path": "namespace", "fieldRef": ["apiVersion": "v1", "fieldPath": "metadata.namespace"]]]
            ]
          ],
        ],
        "defaultMode": 420,
      ],
    ]
    return spec.setting("volumes", DocumentNode(.array((spec["volumes"]?.elements ?? []) + [volume])))
  }
}
