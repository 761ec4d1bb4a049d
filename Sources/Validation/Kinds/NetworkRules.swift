import Bytes
import Kube

/// Services, ingresses, network policies and endpoints.
///
/// Source: Kubernetes `pkg/apis/core/validation/validation.go`, `pkg/apis/networking/validation/validation.go`.
enum NetworkRules {
  // MARK: Services

  static let service: ValidationRules.Rule = { object, found in
    let spec = object["spec"]
    let ports = spec["ports"]
    let type = spec["type"].string ?? "ClusterIP"
    let isHeadless = spec["clusterIP"].text == "None" || spec["clusterIPs"].strings.first == "None"
    if ports.isEmptyList, !isHeadless, type != "ExternalName" { found.required(ports) }
    if type == "LoadBalancer" || type == "NodePort" || type == "ClusterIP" {
      if type == "LoadBalancer" || type == "NodePort", isHeadless {
        found.invalid(
          spec["clusterIPs"].items.first ?? spec["clusterIPs"],
          value: "\"None\"", "may not be set to 'None' for \(type) services")
      }
    }
    if type == "ExternalName" {
      if !spec["clusterIPs"].isEmptyList {
        found.forbidden(spec["clusterIPs"], "may not be set for ExternalName services")
      }
      let name = spec["externalName"]
      var text = name.text
      if text.hasSuffix(".") { text.removeLast() }
      if text.isEmpty { found.required(name) } else { found.faults(name, Grammar.subdomain(text)) }
    }
    NetworkRules.ports(ports, type, &found)
    MetadataRules.labels(spec["selector"], &found)
    if let affinity = spec["sessionAffinity"].string, !["ClientIP", "None"].contains(affinity) {
      found.notSupported(spec["sessionAffinity"], ["ClientIP", "None"])
    }
    let config = spec["sessionAffinityConfig"]
    if spec["sessionAffinity"].text == "ClientIP" {
      let seconds = config["clientIP", "timeoutSeconds"]
      if let value = seconds.int, value <= 0 || value > 86400 {
        found.invalid(seconds, "must be greater than 0 and less than 86400")
      }
    } else if config.isPresent {
      found.forbidden(config, "must not be set when session affinity is None")
    }
    if spec["type"].isPresent, !["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"].contains(type) {
      found.notSupported(spec["type"], ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"])
    }
    for address in spec["externalIPs"].items { found.faults(address, Grammar.address(address.text)) }
    addresses(spec, isHeadless: isHeadless, &found)
    let ranges = spec["loadBalancerSourceRanges"].at(.field(spec.path, "LoadBalancerSourceRanges"))
    if ranges.isPresent {
      if type != "LoadBalancer" {
        if !ranges.isEmptyList { found.forbidden(ranges, "may only be used when `type` is 'LoadBalancer'") }
      }
      for range in ranges.items { found.faults(range, Grammar.range(range.text.trimmingGoSpace)) }
    }
    if spec["allocateLoadBalancerNodePorts"].isPresent, type != "LoadBalancer" {
      found.forbidden(spec["allocateLoadBalancerNodePorts"], "may only be used when `type` is 'LoadBalancer'")
    }
    if let name = spec["loadBalancerClass"].string {
      if type != "LoadBalancer" {
        found.forbidden(spec["loadBalancerClass"], "may only be used when `type` is 'LoadBalancer'")
      }
      found.faults(spec["loadBalancerClass"], Grammar.qualifiedName(name))
    }
    traffic(spec, type, &found)
  }

  private static func ports(_ ports: Field, _ type: String, _ found: inout Violations) {
    var names = Set<String>()
    var numbers = Set<String>()
    var nodePorts = Set<String>()
    let needsName = ports.count > 1
    for port in ports.items {
      let name = port["name"]
      if name.text.isEmpty {
        if needsName { found.required(name) }
      } else {
        found.faults(name, Grammar.label(name.text))
        if !names.insert(name.text).inserted { found.duplicate(name) }
      }
      PortRules.number(port["port"], found: &found)
      found.oneOf(port["protocol"], PortRules.protocols)
      // A missing target is the port itself.
      if port["targetPort"].isPresent, port["targetPort"].string != "" {
        PortRules.numberOrName(port["targetPort"], &found)
      } else if !Grammar.portNumber(port["port"].int ?? 0).isEmpty {
        found.invalid(
          port["targetPort"], value: String(port["port"].int ?? 0), "must be between 1 and 65535, inclusive")
      }
      if let name = port["appProtocol"].string { found.faults(port["appProtocol"], Grammar.qualifiedName(name)) }
      let node = port["nodePort"]
      if let number = node.int, number != 0 {
        if type == "ClusterIP" || type == "ExternalName" {
          found.forbidden(node, "may not be used when `type` is '\(type)'")
        } else {
          if !(30000...32767).contains(number) {
            found.invalid(node, "provided port is not in the valid range. The range of valid ports is 30000-32767")
          }
          if !nodePorts.insert("\(port["protocol"].string ?? "TCP")/\(number)").inserted { found.duplicate(node) }
        }
      }
      let key = "\(port["protocol"].string ?? "TCP")/\(port["port"].int ?? 0)"
      if !numbers.insert(key).inserted { found.add(.duplicate, port, value: FieldError.printed(port.node ?? .null)) }
    }
  }

  private static func addresses(_ spec: Field, isHeadless: Bool, _ found: inout Violations) {
    let all = spec["clusterIPs"]
    let first = spec["clusterIP"]
    if all.isPresent, let leading = all.strings.first, first.isPresent, !first.text.isEmpty, first.text != leading {
      found.invalid(all, "first value must match `clusterIP`")
    }
    for (index, address) in all.items.enumerated() where address.text != "None" || index > 0 {
      found.faults(address, Grammar.address(address.text))
    }
    if all.isMissing, !first.text.isEmpty, first.text != "None" {
      for detail in Grammar.address(first.text) {
        found.invalid(first.at(.index(.field(spec.path, "clusterIPs"), 0)), detail)
      }
    }
    let policies = ["PreferDualStack", "RequireDualStack", "SingleStack"]
    if let policy = spec["ipFamilyPolicy"].string, !policies.contains(policy) {
      found.invalid(spec["ipFamilyPolicy"], "invalid ipFamilyPolicy")
    }
    let families = spec["ipFamilies"]
    var seen = Set<String>()
    for family in families.items {
      if !["IPv4", "IPv6"].contains(family.text) { found.notSupported(family, ["IPv4", "IPv6"]) }
      if !seen.insert(family.text).inserted { found.duplicate(family) }
    }
  }

  private static func traffic(_ spec: Field, _ type: String, _ found: inout Violations) {
    let external = spec["externalTrafficPolicy"]
    let isExternal = type == "LoadBalancer" || type == "NodePort" || !spec["externalIPs"].isEmptyList
    if !external.text.isEmpty {
      if !isExternal {
        found.invalid(external, "may only be set for externally-accessible services")
      } else if !["Cluster", "Local"].contains(external.text) {
        found.notSupported(external, ["Cluster", "Local"])
      }
    }
    if let port = spec["healthCheckNodePort"].int, port != 0, type != "LoadBalancer" || external.text != "Local" {
      found.invalid(
        spec["healthCheckNodePort"],
        "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'")
    }
    if let policy = spec["internalTrafficPolicy"].string, !["Cluster", "Local"].contains(policy) {
      found.notSupported(spec["internalTrafficPolicy"], ["Cluster", "Local"])
    }
  }

  // MARK: Ingresses

  static let ingress: ValidationRules.Rule = { object, found in
    let spec = object["spec"]
    if spec["rules"].isEmptyList, spec["defaultBackend"].isMissing {
      found.invalid(spec, value: "{}", "either `defaultBackend` or `rules` must be specified")
    }
    if spec["defaultBackend"].isPresent { backend(spec["defaultBackend"], &found) }
    for rule in spec["rules"].items {
      let host = rule["host"]
      if !host.text.isEmpty {
        if IPAddress(host.text) != nil { found.invalid(host, "must be a DNS name, not an IP address") }
        found.faults(
          host, host.text.contains("*") ? Grammar.wildcardSubdomain(host.text) : Grammar.subdomain(host.text))
      }
      let http = rule["http"]
      guard http.isPresent else { continue }
      if http["paths"].isEmptyList { found.required(http["paths"]) }
      for path in http["paths"].items { NetworkRules.path(path, &found) }
    }
    for entry in spec["tls"].items {
      for host in entry["hosts"].items {
        found.faults(
          host, host.text.contains("*") ? Grammar.wildcardSubdomain(host.text) : Grammar.subdomain(host.text))
      }
      if !entry["secretName"].text.isEmpty {
        found.faults(entry["secretName"], Grammar.subdomain(entry["secretName"].text))
      }
    }
    if let name = spec["ingressClassName"].string {
      found.faults(spec["ingressClassName"], Grammar.subdomain(name))
      if object["metadata", "annotations"].stringMap["kubernetes.io/ingress.class"] != nil {
        let annotation = object["metadata", "annotations"].at(.field(.root, "annotations"))
        found.invalid(
          annotation.at(.key(annotation.path, "kubernetes.io/ingress.class")),
          "can not be set when the class field is also set")
      }
    }
  }

  private static func path(_ path: Field, _ found: inout Violations) {
    let type = path["pathType"]
    if type.isMissing { return found.required(type, "pathType must be specified") }
    let text = path["path"].text
    switch type.text {
    case "Exact", "Prefix":
      if !text.hasPrefix("/") {
        found.invalid(path["path"], "must be an absolute path")
      }
      for part in ["//", "/./", "/../", "%2f", "%2F"] where text.contains(part) {
        found.invalid(path["path"], "must not contain '\(part)'")
      }
      for end in ["/..", "/."] where text.hasSuffix(end) {
        found.invalid(path["path"], "cannot end with '\(end)'")
      }
    case "ImplementationSpecific":
      if !text.isEmpty, !text.hasPrefix("/") { found.invalid(path["path"], "must be an absolute path") }
    default: found.notSupported(type, ["Exact", "ImplementationSpecific", "Prefix"])
    }
    if path["backend"].isPresent {
      backend(path["backend"], &found)
    } else {
      backend(path["backend"], &found)
    }
  }

  private static func backend(_ backend: Field, _ found: inout Violations) {
    let service = backend["service"]
    let resource = backend["resource"]
    if resource.isPresent {
      if service.isPresent {
        return found.invalid(backend, value: "\"\"", "cannot set both resource and service backends")
      }
      if resource["kind"].text.isEmpty { found.required(resource["kind"]) }
      if resource["name"].text.isEmpty { found.required(resource["name"]) }
      return
    }
    guard service.isPresent else { return found.required(backend, "must specify a service or resource") }
    let name = service["name"]
    if name.text.isEmpty { found.required(name) } else { found.faults(name, Grammar.label(name.text)) }
    let port = service["port"]
    let hasNumber = (port["number"].int ?? 0) != 0
    if port["name"].text.isEmpty, !hasNumber {
      found.required(backend, "port name or number is required")
    } else if !port["name"].text.isEmpty, hasNumber {
      found.invalid(backend, value: "\"\"", "cannot set both port name & port number")
    } else if hasNumber {
      PortRules.number(port["number"], found: &found)
    } else {
      found.faults(port["name"], Grammar.portName(port["name"].text))
    }
  }

  static let ingressClass: ValidationRules.Rule = { object, found in
    let spec = object["spec"]
    let controller = spec["controller"]
    let parts = controller.text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    if controller.text.isEmpty {
      found.required(controller)
    } else if parts.count < 2 || parts[0].isEmpty || parts[1].isEmpty {
      found.invalid(controller, "must be a domain-prefixed path (such as \"acme.io/foo\")")
    } else {
      found.faults(controller, Grammar.subdomain(String(parts[0])))
    }
    let parameters = spec["parameters"]
    guard parameters.isPresent else { return }
    for key in ["kind", "name"] {
      if parameters[key].text.isEmpty {
        found.required(parameters[key])
      } else {
        found.faults(parameters[key], Grammar.pathSegment(parameters[key].text))
      }
    }
    let namespace = parameters["namespace"]
    switch parameters["scope"].string {
    case nil, "Cluster":
      if namespace.isPresent { found.forbidden(namespace, "`parameters.scope` is set to 'Cluster'") }
    case "Namespace":
      if namespace.text.isEmpty {
        found.required(namespace, "`parameters.scope` is set to 'Namespace'")
      } else {
        found.faults(namespace, Grammar.label(namespace.text))
      }
    default: found.notSupported(parameters["scope"], ["Cluster", "Namespace"])
    }
  }

  // MARK: Network policies

  static let networkPolicy: ValidationRules.Rule = { object, found in
    let spec = object["spec"]
    SelectorRules.validate(spec["podSelector"], &found)
    for rule in spec["ingress"].items {
      for port in rule["ports"].items { NetworkRules.port(port, &found) }
      for peer in rule["from"].items { NetworkRules.peer(peer, &found) }
    }
    for rule in spec["egress"].items {
      for port in rule["ports"].items { NetworkRules.port(port, &found) }
      for peer in rule["to"].items { NetworkRules.peer(peer, &found) }
    }
    let types = spec["policyTypes"]
    if types.count > 2 {
      found.invalid(types, "may not specify more than two policyTypes")
      return
    }
    for type in types.items { found.oneOf(type, ["Ingress", "Egress"]) }
    for type in types.items where type.isMissing { found.notSupported(type, ["Ingress", "Egress"]) }
  }

  private static func port(_ port: Field, _ found: inout Violations) {
    if let name = port["protocol"].string, !PortRules.protocols.contains(name) {
      found.notSupported(port["protocol"], ["TCP", "UDP", "SCTP"])
    }
    let end = port["endPort"]
    if port["port"].isPresent {
      PortRules.numberOrName(port["port"], &found)
      if let last = end.int {
        if port["port"].string != nil {
          found.invalid(end, "may not be specified when `port` is non-numeric")
        } else {
          if last < port["port"].int ?? 0 { found.invalid(end, "must be greater than or equal to `port`") }
          PortRules.number(end, found: &found)
        }
      }
    } else if end.isPresent {
      found.invalid(end, "may not be specified when `port` is not specified")
    }
  }

  private static func peer(_ peer: Field, _ found: inout Violations) {
    var count = 0
    for key in ["podSelector", "namespaceSelector"] where peer[key].isPresent {
      count += 1
      SelectorRules.validate(peer[key], &found)
    }
    let block = peer["ipBlock"]
    if block.isPresent {
      count += 1
      let cidr = block["cidr"]
      if cidr.text.isEmpty {
        found.required(cidr)
      } else {
        let faults = Grammar.range(cidr.text)
        found.faults(cidr, faults)
        if faults.isEmpty {
          for (index, except) in block["except"].items.enumerated() {
            let place = except.at(.index(.field(block.path, "except"), index))
            let inner = Grammar.range(except.text)
            found.faults(place, inner)
            guard inner.isEmpty, let outer = IPRange(cidr: cidr.text), let range = IPRange(cidr: except.text) else {
              continue
            }
            if !outer.contains(range) || outer == range {
              found.invalid(place, "must be a strict subset of `cidr`")
            }
          }
        }
      }
    }
    if count == 0 {
      found.required(peer, "must specify a peer")
    } else if count > 1, block.isPresent {
      found.forbidden(peer, "may not specify both ipBlock and another peer")
    }
  }

  static let serviceCIDR: ValidationRules.Rule = { object, found in
    let ranges = object["spec", "cidrs"]
    if ranges.isEmptyList { return found.required(ranges, "at least one CIDR required") }
    if ranges.count > 2 {
      return found.invalid(ranges, "may only hold up to 2 values")
    }
    let families = ranges.strings.map { $0.contains(":") }
    if ranges.count == 2, families[0] == families[1], ranges.strings.allSatisfy({ Grammar.range($0).isEmpty }) {
      found.invalid(
        ranges, "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64")
    }
    for range in ranges.items {
      let faults = Grammar.range(range.text)
      found.faults(range, faults)
      if faults.isEmpty, let read = IPRange(cidr: range.text),
        let address = IPAddress(String(range.text.prefix { $0 != "/" })), address.value != read.low
      {
        found.invalid(range, "must not have bits set beyond the prefix length")
      }
    }
  }

  /// Source: `ValidateEndpoints` of `pkg/apis/core/validation/validation.go`.
  static let endpoints: ValidationRules.Rule = { object, found in
    for subset in object["subsets"].items {
      let (ready, other) = (subset["addresses"], subset["notReadyAddresses"])
      if ready.isEmptyList, other.isEmptyList {
        found.required(subset, "must specify `addresses` or `notReadyAddresses`")
      }
      for address in ready.items + other.items {
        let place = address["ip"]
        let faults = Grammar.address(place.text)
        found.faults(place, faults)
        if faults.isEmpty { found.faults(place, special(place.text)) }
      }
      for port in subset["ports"].items {
        let number = port["port"].int ?? 0
        for detail in Grammar.portNumber(number) { found.invalid(port["port"], value: String(number), detail) }
        if port["name"].text.isEmpty, subset["ports"].count > 1 { found.required(port["name"]) }
      }
    }
  }

  /// Source: `ValidateEndpointSlice` of `pkg/apis/discovery/validation/validation.go`.
  static let endpointSlice: ValidationRules.Rule = { object, found in
    let type = object["addressType"]
    if type.text.isEmpty {
      found.required(type)
    } else if !["FQDN", "IPv4", "IPv6"].contains(type.text) {
      found.notSupported(type, ["FQDN", "IPv4", "IPv6"])
    }
    for endpoint in object["endpoints"].items {
      let addresses = endpoint["addresses"]
      if addresses.isEmptyList { found.required(addresses, "must contain at least 1 address") }
      for address in addresses.items {
        switch type.text {
        case "IPv4", "IPv6":
          var faults = Grammar.address(address.text)
          if faults.isEmpty {
            if address.text.contains(":") != (type.text == "IPv6") {
              faults = ["must be a valid \(type.text) address"]
            } else {
              faults = special(address.text)
            }
          }
          found.faults(address, faults)
        case "FQDN": found.faults(address, Grammar.subdomain(address.text))
        default: break
        }
      }
    }
    var names = Set<String>()
    for port in object["ports"].items {
      if !names.insert(port["name"].text).inserted { found.duplicate(port["name"]) }
    }
  }

  /// Addresses that would lead a client to itself or to nowhere.
  private static func special(_ text: String) -> [String] {
    let lower = text.lowercased()
    if lower == "0.0.0.0" || lower == "::" { return ["may not be unspecified (\(text))"] }
    if lower.hasPrefix("127.") || lower == "::1" {
      return ["may not be in the loopback range (127.0.0.0/8, ::1/128)"]
    }
    if lower.hasPrefix("169.254.") || lower.hasPrefix("fe80:") {
      return ["may not be in the link-local range (169.254.0.0/16, fe80::/10)"]
    }
    if lower.hasPrefix("224.0.0.") || lower.hasPrefix("ff02:") {
      return ["may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"]
    }
    return []
  }
}
