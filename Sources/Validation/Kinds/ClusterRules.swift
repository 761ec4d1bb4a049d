import Bytes
import Kube

/// Configuration, secrets, leases, certificate requests and API services.
///
/// Source: `validation.go` of `core`, `coordination`, `certificates` and `apiregistration`.
enum ClusterRules {
  static let configMap: ValidationRules.Rule = { object, found in
    let binary = Set(object["binaryData"].entries.map(\.key))
    var size = 0
    for (key, value) in object["data"].entries {
      for detail in Grammar.configKey(key) { found.invalid(value, value: GoText.quoted(key), detail) }
      if binary.contains(key) {
        found.invalid(value, value: GoText.quoted(key), "duplicate of key present in binaryData")
      }
      size += value.text.utf8.count
    }
    for (key, value) in object["binaryData"].entries {
      for detail in Grammar.configKey(key) { found.invalid(value, value: GoText.quoted(key), detail) }
      size += value.text.utf8.count / 4 * 3
    }
    if size > 1 << 20 { found.tooLong(object.at(.field(.root, "[]")), 1 << 20) }
  }

  static let secret: ValidationRules.Rule = { object, found in
    var size = 0
    // The server moves texts to data.
    for key in ["data", "stringData"] {
      for (name, value) in object[key].entries {
        let place = value.at(.key(.field(.root, "data"), name))
        for detail in Grammar.configKey(name) { found.invalid(place, value: GoText.quoted(name), detail) }
        size += key == "data" ? value.text.utf8.count / 4 * 3 : value.text.utf8.count
      }
    }
    if size > 1 << 20 { found.tooLong(object["data"], 1 << 20) }
    let keys = Set((object["data"].entries + object["stringData"].entries).map(\.key))
    func needs(_ name: String) {
      if !keys.contains(name) { found.required(object["data"].at(.key(.field(.root, "data"), name))) }
    }
    switch object["type"].text {
    case "kubernetes.io/service-account-token":
      let name = "kubernetes.io/service-account.name"
      if object["metadata", "annotations"].stringMap[name] ?? "" == "" {
        let annotations = object["metadata", "annotations"]
        found.required(annotations.at(.key(annotations.path, name)))
      }
    case "kubernetes.io/dockercfg": needs(".dockercfg")
    case "kubernetes.io/dockerconfigjson": needs(".dockerconfigjson")
    case "kubernetes.io/basic-auth":
      if keys.isDisjoint(with: ["username", "password"]) {
        needs("username")
        needs("password")
      }
    case "kubernetes.io/ssh-auth": needs("ssh-privatekey")
    case "kubernetes.io/tls":
      needs("tls.crt")
      needs("tls.key")
    default: break
    }
  }

  static let lease: ValidationRules.Rule = { object, found in
    let spec = object["spec"]
    found.positive(spec["leaseDurationSeconds"])
    found.nonNegative(spec["leaseTransitions"])
  }

  private static let usages: Set<String> = [
    "any", "cert sign", "client auth", "code signing", "content commitment", "crl sign", "data encipherment",
    "decipher only", "digital signature", "email protection", "encipher only", "ipsec end system", "ipsec tunnel",
    "ipsec user", "key agreement", "key encipherment", "microsoft sgc", "netscape sgc", "ocsp signing", "s/mime",
    "server auth", "signing", "timestamping",
  ]

  static let certificateRequest: ValidationRules.Rule = { object, found in
    let spec = object["spec"]
    let request = spec["request"]
    let text = Base64.decode(request.text).map { String(decoding: $0, as: UTF8.self) } ?? ""
    if !text.contains("-----BEGIN CERTIFICATE REQUEST-----") {
      found.invalid(request, "PEM block type must be CERTIFICATE REQUEST")
    }
    if spec["usages"].isEmptyList { found.required(spec["usages"]) }
    var seen = Set<String>()
    for usage in spec["usages"].items {
      if !usages.contains(usage.text) { found.notSupported(usage, usages.sorted()) }
      if !seen.insert(usage.text).inserted { found.duplicate(usage) }
    }
    let signer = spec["signerName"]
    let parts = signer.text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    if signer.text.isEmpty {
      found.required(signer)
    } else if signer.text == "kubernetes.io/legacy-unknown" {
      found.invalid(signer, "the legacy signerName is not allowed via this API version")
    } else if parts.count < 2 || !parts[0].contains(".") || !Grammar.subdomain(String(parts[0])).isEmpty {
      found.invalid(signer, "must be a fully qualified domain and path of the form 'example.com/signer-name'")
    }
    if let seconds = spec["expirationSeconds"].int, seconds < 600 {
      found.invalid(
        spec["expirationSeconds"], "may not specify a duration less than 600 seconds (10 minutes)")
    }
  }

  static let apiService: ValidationRules.Rule = { object, found in
    let spec = object["spec"]
    let (group, version) = (spec["group"], spec["version"])
    let wanted = version.text + "." + group.text
    if object["metadata", "name"].text != wanted {
      found.invalid(
        object["metadata", "name"], "must be `spec.version+\".\"+spec.group`: \(GoText.quoted(wanted))")
    }
    if group.text.isEmpty, version.text != "v1" {
      found.required(group, "only v1 may have an empty group and it better be legacy kube")
    }
    if !group.text.isEmpty { found.faults(group, Grammar.subdomain(group.text)) }
    found.faults(version, Grammar.oldLabel(version.text))
    let priority = spec["groupPriorityMinimum"].int ?? 0
    if priority <= 0 || priority > 20000 {
      found.invalid(
        spec["groupPriorityMinimum"], value: String(priority), "must be positive and less than 20000")
    }
    let own = spec["versionPriority"].int ?? 0
    if own <= 0 || own > 1000 {
      found.invalid(spec["versionPriority"], value: String(own), "must be positive and less than 1000")
    }
    let service = spec["service"]
    let skips = spec["insecureSkipTLSVerify"]
    if service.isMissing {
      if !spec["caBundle"].text.isEmpty { found.invalid(spec["caBundle"], "local APIServices may not have a caBundle") }
      if skips.bool { found.invalid(skips, "local APIServices may not have insecureSkipTLSVerify") }
    } else {
      if service["namespace"].text.isEmpty { found.required(service["namespace"]) }
      if service["name"].text.isEmpty { found.required(service["name"]) }
      if let port = service["port"].int, !Grammar.portNumber(port).isEmpty {
        found.invalid(service["port"], "port is not valid: must be between 1 and 65535, inclusive")
      }
      if skips.bool, !spec["caBundle"].text.isEmpty { found.invalid(skips, "may not be true if caBundle is present") }
    }
  }

  static let flowSchema: ValidationRules.Rule = { object, found in
    let spec = object["spec"]
    if spec["priorityLevelConfiguration", "name"].text.isEmpty {
      found.required(spec["priorityLevelConfiguration", "name"])
    }
    for rule in spec["rules"].items {
      if rule["subjects"].isEmptyList {
        found.required(rule["subjects"], "subjects must contain at least one value")
      }
      for subject in rule["subjects"].items {
        let keys = ["User": "user", "Group": "group", "ServiceAccount": "serviceAccount"]
        guard let key = keys[subject["kind"].text] else {
          found.notSupported(subject["kind"], keys.keys.sorted())
          continue
        }
        if subject[key].isMissing {
          found.required(subject[key], "\(key) is required when subject kind is '\(subject["kind"].text)'")
        }
      }
      for part in rule["resourceRules"].items {
        for key in ["verbs", "apiGroups", "resources"] where part[key].isEmptyList {
          found.required(part[key], "\(key) must contain at least one value")
        }
      }
      for part in rule["nonResourceRules"].items {
        for key in ["verbs", "nonResourceURLs"] where part[key].isEmptyList {
          found.required(part[key], "\(key) must contain at least one value")
        }
      }
    }
  }

  static let priorityLevel: ValidationRules.Rule = { object, found in
    let type = object["spec", "type"]
    let limited = object["spec", "limited"]
    switch type.text {
    case "Exempt": if limited.isPresent { found.forbidden(limited, "must be nil if the type is not Limited") }
    case "Limited": if limited.isMissing { found.required(limited, "must not be empty when type is Limited") }
    default: found.notSupported(type, ["Exempt", "Limited"])
    }
  }

  static let deviceClass: ValidationRules.Rule = { object, found in
    for selector in object["spec", "selectors"].items {
      if selector["cel"].isMissing {
        found.required(selector["cel"])
      } else if selector["cel", "expression"].text.isEmpty {
        found.invalid(selector["cel", "expression"], value: "\"\"", "compilation failed: it is empty")
      }
    }
  }

  static let policyBinding: ValidationRules.Rule = { object, found in
    let spec = object["spec"]
    if spec["policyName"].text.isEmpty { found.required(spec["policyName"]) }
    guard spec["validationActions"].isPresent || object["kind"].text == "ValidatingAdmissionPolicyBinding" else {
      return
    }
    if spec["validationActions"].isEmptyList {
      found.required(spec["validationActions"], "at least one validation action is required")
    }
    var seen = Set<String>()
    for action in spec["validationActions"].items {
      if !["Audit", "Deny", "Warn"].contains(action.text) { found.notSupported(action, ["Audit", "Deny", "Warn"]) }
      if !seen.insert(action.text).inserted { found.duplicate(action) }
    }
    if seen.isSuperset(of: ["Deny", "Warn"]) {
      found.invalid(
        spec["validationActions"],
        "must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)"
      )
    }
  }

  static let runtimeClass: ValidationRules.Rule = { object, found in
    let handler = object["handler"]
    if handler.text.isEmpty { found.required(handler) } else { found.faults(handler, Grammar.label(handler.text)) }
  }

  static let namespace: ValidationRules.Rule = { object, found in
    // The name becomes a label.
    let name = object["metadata", "name"].text
    for detail in Grammar.labelValue(name) {
      found.invalid(
        object["metadata", "name"].at(.field(.field(.root, "metadata"), "labels")), value: GoText.quoted(name), detail)
    }
  }
}
