import Bytes
import Kube

/// Volumes, claims and classes.
///
/// Source: Kubernetes `pkg/apis/core/validation/validation.go`, `pkg/apis/storage/validation/validation.go`.
enum StorageRules {
  private static let modes = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"]

  static let volumeClaim: ValidationRules.Rule = { object, found in claim(object["spec"], &found) }

  /// The spec of a claim.
  static func claim(_ spec: Field, _ found: inout Violations) {
    accessModes(spec["accessModes"], &found)
    if spec["selector"].isPresent { SelectorRules.validate(spec["selector"], &found) }
    let storage = spec["resources", "requests"].entries.first { $0.key == "storage" }?.field
    if let storage {
      if let quantity = storage.quantity, quantity <= .zero {
        found.invalid(
          storage.at(.key(spec["resources"].path, "storage")), value: GoText.quoted(quantity.text),
          "must be greater than zero")
      }
    } else {
      let resources = spec["resources"]
      found.required(resources.at(.key(resources.path, "storage")))
    }
    if !spec["storageClassName"].text.isEmpty {
      found.faults(spec["storageClassName"], Grammar.subdomain(spec["storageClassName"].text))
    }
    found.oneOf(spec["volumeMode"], ["Block", "Filesystem"])
    let source = spec["dataSource"]
    if source.isPresent {
      if source["name"].text.isEmpty { found.required(source["name"]) }
      if source["kind"].text.isEmpty { found.required(source["kind"]) }
      if source["apiGroup"].text.isEmpty, source["kind"].text != "PersistentVolumeClaim" {
        found.invalid(source, "must be 'PersistentVolumeClaim' when referencing the default apiGroup")
      }
    }
  }

  private static func accessModes(_ field: Field, _ found: inout Violations) {
    if field.isEmptyList { found.required(field, "at least 1 access mode is required") }
    for mode in field.items where !modes.contains(mode.text) {
      found.add(
        .notSupported, mode.at(field.path), value: GoText.quoted(mode.text),
        "supported values: " + modes.map { GoText.quoted($0) }.joined(separator: ", "))
    }
    if field.strings.contains("ReadWriteOncePod"), field.count > 1 {
      found.forbidden(field, "may not use ReadWriteOncePod with other access modes")
    }
  }

  private static let sources = [
    "hostPath", "gcePersistentDisk", "awsElasticBlockStore", "glusterfs", "flocker", "nfs", "rbd", "quobyte", "cephfs",
    "iscsi", "cinder", "fc", "flexVolume", "azureFile", "vsphereVolume", "photonPersistentDisk", "portworxVolume",
    "azureDisk", "scaleIO", "local", "storageos", "csi",
  ]

  static let volume: ValidationRules.Rule = { object, found in
    let spec = object["spec"]
    accessModes(spec["accessModes"], &found)
    let capacity = spec["capacity"]
    if capacity.isEmptyMap {
      found.required(capacity)
    } else if capacity.count > 1 || capacity.entries.first?.key != "storage" {
      found.notSupported(capacity, ["storage"])
    }
    for (key, value) in capacity.entries {
      found.faults(value, ResourceRules.nameFaults(key))
      if let quantity = value.quantity, quantity <= .zero {
        found.invalid(value, value: GoText.quoted(quantity.text), "must be greater than zero")
      }
    }
    found.oneOf(spec["persistentVolumeReclaimPolicy"], ["Delete", "Recycle", "Retain"])
    if spec["nodeAffinity", "required"].isPresent {
      SchedulingRules.nodeSelector(spec["nodeAffinity", "required"], &found)
    }
    if spec["nodeAffinity"].isPresent, spec["nodeAffinity", "required"].isMissing {
      found.required(spec["nodeAffinity", "required"], "must specify required node constraints")
    }
    var count = 0
    for kind in sources where spec[kind].isPresent {
      count += 1
      let source = spec[kind]
      if count > 1 {
        found.forbidden(source, "may not specify more than 1 volume type")
        continue
      }
      switch kind {
      case "hostPath":
        VolumeRules.hostPath(source, &found)
        if spec["persistentVolumeReclaimPolicy"].text == "Recycle", source["path"].text == "/" {
          found.forbidden(
            spec["persistentVolumeReclaimPolicy"], "may not be 'recycle' for a hostPath mount of '/'")
        }
      case "local":
        if source["path"].text.isEmpty {
          found.required(source["path"])
        } else if VolumeRules.hasParentStep(source["path"].text) {
          found.invalid(source["path"], "must not contain '..'")
        }
        if spec["nodeAffinity"].isMissing {
          found.required(spec["nodeAffinity"], "Local volume requires node affinity")
        }
      case "csi":
        VolumeRules.driver(source["driver"], &found)
        if source["volumeHandle"].text.isEmpty { found.required(source["volumeHandle"]) }
        for key in [
          "controllerPublishSecretRef", "controllerExpandSecretRef", "nodePublishSecretRef", "nodeExpandSecretRef",
        ] where source[key].isPresent {
          VolumeRules.required(source[key], ["name", "namespace"], &found)
        }
      default: VolumeRules.shared(kind, source, isPersistent: true, &found)
      }
    }
    if count == 0 { found.required(spec, "must specify a volume type") }
    if !spec["storageClassName"].text.isEmpty {
      found.faults(spec["storageClassName"], Grammar.subdomain(spec["storageClassName"].text))
    }
    found.oneOf(spec["volumeMode"], ["Block", "Filesystem"])
  }

  static let storageClass: ValidationRules.Rule = { object, found in
    let provisioner = object["provisioner"]
    if provisioner.text.isEmpty {
      found.required(provisioner)
    } else {
      found.faults(provisioner, Grammar.qualifiedName(provisioner.text.lowercased()))
    }
    for (key, value) in object["parameters"].entries where key.isEmpty {
      found.invalid(value.at(object["parameters"].path), value: "\"\"", "field can not be empty.")
    }
    found.oneOf(object["reclaimPolicy"], ["Delete", "Retain"])
    found.oneOf(object["volumeBindingMode"], ["Immediate", "WaitForFirstConsumer"])
  }
}
