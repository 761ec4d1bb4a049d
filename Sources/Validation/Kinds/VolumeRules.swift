import Bytes
import Kube

/// Volumes of pods, and sources of persistent volumes.
///
/// Source: Kubernetes `pkg/apis/core/validation/validation.go`, `validateVolumeSource`.
enum VolumeRules {
  /// - Returns: the names of the volumes.
  static func volumes(_ spec: Field, _ found: inout Violations) -> Set<String> {
    var names = Set<String>()
    for volume in spec["volumes"].items {
      let name = volume["name"]
      let before = found.list.count
      source(volume, &found)
      if name.text.isEmpty {
        found.required(name)
      } else {
        found.faults(name, Grammar.label(name.text))
        if names.contains(name.text) { found.duplicate(name) }
      }
      // Mounts of a volume that is wrong are told as well.
      if found.list.count == before { names.insert(name.text) }
    }
    return names
  }

  private static let kinds = [
    "emptyDir", "hostPath", "gitRepo", "gcePersistentDisk", "awsElasticBlockStore", "secret", "nfs", "iscsi",
    "glusterfs", "flocker", "persistentVolumeClaim", "rbd", "cinder", "cephfs", "quobyte", "downwardAPI", "fc",
    "flexVolume", "configMap", "azureFile", "vsphereVolume", "photonPersistentDisk", "portworxVolume", "azureDisk",
    "storageos", "projected", "scaleIO", "csi", "ephemeral", "image",
  ]

  private static func source(_ volume: Field, _ found: inout Violations) {
    // A volume without a source is an empty directory.
    var count = 0
    for kind in kinds where volume[kind].isPresent {
      count += 1
      if count > 1 {
        found.forbidden(volume[kind], "may not specify more than 1 volume type")
        continue
      }
      let source = volume[kind]
      switch kind {
      case "emptyDir":
        if let limit = source["sizeLimit"].quantity, limit < .zero {
          found.forbidden(source["sizeLimit"], "SizeLimit field must be a valid resource quantity")
        }
      case "hostPath": hostPath(source, &found)
      case "secret":
        if source["secretName"].text.isEmpty { found.required(source["secretName"]) }
        files(source, &found)
      case "configMap":
        if source["name"].text.isEmpty { found.required(source["name"]) }
        files(source, &found)
      case "persistentVolumeClaim":
        if source["claimName"].text.isEmpty { found.required(source["claimName"]) }
      case "projected": projected(source, &found)
      case "downwardAPI":
        mode(source["defaultMode"], &found)
        for item in source["items"].items { downward(item, source, &found) }
      case "gitRepo": required(source, ["repository"], &found)
      case "csi":
        driver(source["driver"], &found)
        if source["nodePublishSecretRef"].isPresent, source["nodePublishSecretRef", "name"].text.isEmpty {
          found.required(source["nodePublishSecretRef", "name"])
        }
      case "ephemeral":
        let template = source["volumeClaimTemplate"]
        if template.isMissing {
          found.required(template)
        } else {
          StorageRules.claim(template["spec"], &found)
        }
      case "image":
        // A template may leave it to who fills it in.
        if source["reference"].text.isEmpty, source.path.text.hasPrefix("spec.volumes") {
          found.required(source["reference"])
        }
        found.oneOf(source["pullPolicy"], ["Always", "IfNotPresent", "Never"])
      default: shared(kind, source, isPersistent: false, &found)
      }
    }
  }

  /// Sources that pods and persistent volumes have alike.
  static func shared(_ kind: String, _ source: Field, isPersistent: Bool, _ found: inout Violations) {
    switch kind {
    case "nfs":
      required(source, ["server", "path"], &found)
      if !source["path"].text.hasPrefix("/") {
        found.invalid(source["path"], "must be an absolute path")
      }
    case "iscsi":
      required(source, ["targetPortal", "iqn"], &found)
      let name = source["iqn"].text
      if !name.isEmpty, !["iqn", "eui", "naa"].contains(where: name.hasPrefix) {
        found.invalid(source["iqn"], "must be valid format")
      }
      if let unit = source["lun"].int, !(0...255).contains(unit) {
        found.invalid(source["lun"], "must be between 0 and 255, inclusive")
      }
    case "awsElasticBlockStore":
      required(source, ["volumeID"], &found)
      partition(source["partition"], &found)
    case "gcePersistentDisk":
      let place = source.at(.field(parent(source.path), "persistentDisk"))
      required(place, ["pdName"], &found)
      partition(place["partition"], &found)
    case "glusterfs":
      required(source, ["endpoints"], &found)
      required(source, ["path"], &found)
    case "rbd":
      if source["monitors"].isEmptyList { found.required(source["monitors"]) }
      required(source, ["image"], &found)
    case "cephfs": if source["monitors"].isEmptyList { found.required(source["monitors"]) }
    case "flexVolume": required(source, ["driver"], &found)
    case "azureDisk":
      required(source, ["diskName", "diskURI"], &found)
      found.oneOf(source["cachingMode"], ["None", "ReadOnly", "ReadWrite"])
      found.oneOf(source["kind"], ["Dedicated", "Managed", "Shared"])
      let address = source["diskURI"].text
      let isManaged = source["kind"].text == "Managed"
      if isManaged, !address.hasPrefix("/subscriptions/") {
        found.notSupported(
          source["diskURI"],
          ["/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"])
      } else if !isManaged, !address.hasPrefix("https://") {
        found.notSupported(
          source["diskURI"], ["https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"])
      }
    case "azureFile": required(source, ["secretName", "shareName"], &found)
    case "vsphereVolume": required(source, ["volumePath"], &found)
    case "photonPersistentDisk": required(source, ["pdID"], &found)
    case "cinder", "portworxVolume": required(source, ["volumeID"], &found)
    case "storageos": if !isPersistent || source["volumeName"].text.isEmpty { required(source, ["volumeName"], &found) }
    case "scaleIO": required(source, ["gateway", "system", "volumeName"], &found)
    case "quobyte":
      if source["registry"].text.isEmpty {
        found.required(source["registry"], "must be a host:port pair or multiple pairs separated by commas")
      }
      required(source, ["volume"], &found)
    case "flocker":
      if source["datasetName"].text.isEmpty, source["datasetUUID"].text.isEmpty {
        found.required(source, "one of datasetName and datasetUUID is required")
      }
    case "fc":
      let hasNames = !source["targetWWNs"].isEmptyList
      if hasNames == !source["wwids"].isEmptyList {
        found.required(source["targetWWNs"], "must specify either targetWWNs or wwids, but not both")
      }
      if hasNames, source["lun"].isMissing {
        found.required(source["lun"], "lun is required if targetWWNs is specified")
      }
    default: break
    }
  }

  private static func parent(_ path: FieldPath) -> FieldPath {
    switch path {
    case .field(let parent, _), .index(let parent, _), .key(let parent, _): parent
    case .root: .root
    }
  }

  static func required(_ source: Field, _ names: [String], _ found: inout Violations) {
    for name in names where source[name].text.isEmpty { found.required(source[name]) }
  }

  private static func partition(_ field: Field, _ found: inout Violations) {
    if let number = field.int, !(0...255).contains(number) {
      found.invalid(field, "must be between 1 and 255, inclusive")
    }
  }

  static func driver(_ field: Field, _ found: inout Violations) {
    if field.text.isEmpty { return found.required(field) }
    found.faults(field, Grammar.subdomain(field.text.lowercased()))
  }

  static func hostPath(_ source: Field, _ found: inout Violations) {
    let path = source["path"]
    if path.text.isEmpty { return found.required(path) }
    if hasParentStep(path.text) { found.invalid(path, "must not contain '..'") }
    if let type = source["type"].string, !type.isEmpty {
      found.oneOf(
        source["type"],
        ["BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"])
      _ = type
    }
  }

  static func hasParentStep(_ path: String) -> Bool { path.split(separator: "/").contains("..") }

  static func relativePath(_ field: Field, _ found: inout Violations) {
    let path = field.text
    if path.hasPrefix("/") { found.invalid(field, "must be a relative path") }
    if hasParentStep(path) { found.invalid(field, "must not contain '..'") }
    // As the file names of the kubelet begin.
    if path.hasPrefix(".."), !path.hasPrefix("../") { found.invalid(field, "must not start with '..'") }
  }

  private static func mode(_ field: Field, _ found: inout Violations) {
    if let mode = field.int, !(0...0o777).contains(mode) {
      found.invalid(field, "must be a number between 0 and 0777 (octal), both inclusive")
    }
  }

  private static func files(_ source: Field, _ found: inout Violations) {
    mode(source["defaultMode"], &found)
    for item in source["items"].items {
      if item["key"].text.isEmpty { found.required(item["key"]) }
      if item["path"].text.isEmpty {
        found.required(item["path"])
      } else {
        relativePath(item["path"], &found)
      }
      mode(item["mode"], &found)
    }
  }

  private static func projected(_ source: Field, _ found: inout Violations) {
    mode(source["defaultMode"], &found)
    var paths = Set<String>()
    func use(_ path: Field) {
      if !path.text.isEmpty, !paths.insert(path.text).inserted {
        found.invalid(path.at(source.path), value: GoText.quoted(path.text), "conflicting duplicate paths")
      }
    }
    for item in source["sources"].items {
      var count = 0
      for kind in ["secret", "configMap", "downwardAPI", "serviceAccountToken", "clusterTrustBundle", "podCertificate"]
      where item[kind].isPresent {
        count += 1
        if count > 1 {
          found.forbidden(item, "may not specify more than 1 volume type per source")
          continue
        }
        let part = item[kind]
        switch kind {
        case "secret", "configMap":
          if part["name"].text.isEmpty { found.required(part["name"]) }
          files(part, &found)
          for file in part["items"].items { use(file["path"]) }
        case "downwardAPI":
          for file in part["items"].items {
            downward(file, part, &found)
            use(file["path"])
          }
        case "serviceAccountToken":
          if let seconds = part["expirationSeconds"].int {
            if seconds < 600 {
              found.invalid(part["expirationSeconds"], "may not specify a duration less than 10 minutes")
            } else if seconds > 1 << 32 {
              found.invalid(part["expirationSeconds"], "may not specify a duration larger than 2^32 seconds")
            }
          }
          let path = part["path"].at(.field(source.path, "path"))
          if path.text.isEmpty {
            found.required(path)
          } else {
            relativePath(path, &found)
            use(part["path"])
          }
        default: break
        }
      }
    }
  }

  private static func downward(_ item: Field, _ source: Field, _ found: inout Violations) {
    // The server writes these paths without the place in the list.
    let place = source.path
    let path = item["path"].at(.field(place, "path"))
    if path.text.isEmpty {
      found.required(path)
    } else {
      relativePath(path, &found)
    }
    let reference = item["fieldRef"].at(.field(place, "fieldRef"))
    let resource = item["resourceFieldRef"].at(.field(place, "resourceFieldRef"))
    if reference.isPresent {
      EnvironmentRules.fieldReference(
        reference,
        ["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"], &found)
      if resource.isPresent {
        found.invalid(item.at(place), "fieldRef and resourceFieldRef can not be specified simultaneously")
      }
    } else if resource.isPresent {
      if resource["containerName"].text.isEmpty { found.required(resource["containerName"]) }
      EnvironmentRules.resourceReference(resource, &found)
    } else {
      found.required(item.at(place), "one of fieldRef and resourceFieldRef is required")
    }
    mode(item["mode"], &found)
  }

  // MARK: Mounts

  static func mounts(_ container: Field, volumes: Set<String>, claims: Set<String>, _ found: inout Violations) {
    var places = Set<String>()
    for mount in container["volumeMounts"].items {
      let name = mount["name"]
      if name.text.isEmpty { found.required(name) }
      if !volumes.contains(name.text) {
        found.add(.notFound, name, value: GoText.quoted(name.text))
      }
      let path = mount["mountPath"]
      if path.text.isEmpty {
        found.required(path)
      } else if !places.insert(path.text).inserted {
        found.invalid(path, "must be unique")
      }
      if !mount["subPath"].text.isEmpty { relativeStep(mount["subPath"], &found) }
      if !mount["subPathExpr"].text.isEmpty {
        if !mount["subPath"].text.isEmpty {
          found.invalid(mount["subPathExpr"], "subPathExpr and subPath are mutually exclusive")
        }
        relativeStep(mount["subPathExpr"], &found)
      }
      found.oneOf(mount["mountPropagation"], ["Bidirectional", "HostToContainer", "None"])
      if mount["mountPropagation"].text == "Bidirectional",
        !container["securityContext", "privileged"].bool
      {
        found.forbidden(
          mount["mountPropagation"], "Bidirectional mount propagation is available only to privileged containers")
      }
      if let mode = mount["recursiveReadOnly"].string, mode != "Disabled" {
        if found.oneOf(mount["recursiveReadOnly"], ["Disabled", "Enabled", "IfPossible"]), !mount["readOnly"].bool {
          found.forbidden(mount["recursiveReadOnly"], "may only be specified when readOnly is true")
        }
      }
    }
    var devices = Set<String>()
    for device in container["volumeDevices"].items {
      let name = device["name"]
      if name.text.isEmpty {
        found.required(name)
      } else if !claims.contains(name.text) {
        found.notFound(name)
      }
      let path = device["devicePath"]
      if path.text.isEmpty {
        found.required(path)
      } else if !devices.insert(path.text).inserted {
        found.invalid(path, "must be unique")
      }
    }
  }

  private static func relativeStep(_ field: Field, _ found: inout Violations) {
    if field.text.hasPrefix("/") { found.invalid(field, "must be a relative path") }
    if hasParentStep(field.text) { found.invalid(field, "must not contain '..'") }
  }
}
