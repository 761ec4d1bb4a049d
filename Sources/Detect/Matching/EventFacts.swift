package import Events

/// What kind of event an event is, in the terms of log sources. Where nothing is known about product, categories or
/// services, rules for any are tried.
package struct EventFacts: Sendable, Hashable {
  package var products: Set<String>?
  package var categories: Set<String>?
  package var services: Set<String>?

  /// Whether a rule for a log source is tried: never on an event that is known to be of another.
  package func fits(_ source: LogSource) -> Bool {
    if let product = source.product, let products, !products.contains(product) { return false }
    if let category = source.category, let categories, !categories.contains(category) { return false }
    if let service = source.service, let services, !services.contains(service) { return false }
    return true
  }

  /// - Parameters:
  ///   - channel: of the Windows event log; "" elsewhere.
  ///   - code: number of the Windows event; "" elsewhere.
  package init(_ dataset: Dataset, categories kinds: EventCategories, types: EventTypes, channel: String, code: String)
  {
    func set(_ products: Set<String>?, _ categories: Set<String>?, _ services: Set<String>?) {
      self.products = products
      self.categories = categories
      self.services = services
    }
    switch dataset {
    case .kubernetesAudit: set(["kubernetes"], ["application"], ["audit"])
    case .kubernetesEvent: set(["kubernetes"], ["application"], ["event", "events"])
    case .klog: set(["kubernetes"], ["application"], ["component"])
    case .gcpAudit: set(["gcp", "kubernetes"], ["application"], ["gcp.audit", "audit"])
    case .awsCloudTrail: set(["aws"], [], ["cloudtrail"])
    case .azurePlatform: set(["azure"], nil, nil)
    case .falcoAlert: set(["linux", "falco"], nil, ["falco"])
    case .tetragonEvent: set(["linux"], Self.linux(kinds, types), ["tetragon"])
    case .hubbleFlow, .calicoFlow:
      set(["kubernetes", "linux"], ["network_connection", "firewall", "dns"], ["flow", "netflow"])
    case .registryAccess: set(["registry", "docker"], ["webserver", "application"], ["access"])
    case .registryLog: set(["registry", "docker"], ["application"], ["registry"])
    case .registryNotification: set(["registry", "docker"], ["application"], ["notification"])
    case .harborAudit: set(["registry", "harbor"], ["application"], ["audit"])
    case .dockerHubAudit: set(["registry", "docker"], ["application"], ["audit"])
    case .syslog: set(["linux"], [], ["syslog"])
    case .sshd: set(["linux"], ["authentication"], ["sshd", "auth", "syslog", "openssh"])
    case .sudo: set(["linux"], ["authentication"], ["sudo", "auth", "syslog"])
    case .su: set(["linux"], ["authentication"], ["su", "auth", "syslog"])
    case .pam: set(["linux"], ["authentication"], ["pam", "auth", "syslog"])
    case .auditd: set(["linux"], Self.linux(kinds, types), ["auditd"])
    case .nginxAccess: set(["nginx", "apache"], ["webserver", "proxy"], ["nginx", "apache"])
    case .envoyAccess: set(["envoy"], ["webserver", "proxy"], ["envoy"])
    case .windows: set(["windows"], WindowsChannels.categories(channel, code), WindowsChannels.services(channel))
    default: set(nil, nil, nil)
    }
  }

  private static func linux(_ kinds: EventCategories, _ types: EventTypes) -> Set<String> {
    var found: Set<String> = []
    if kinds.contains(.process) { found.insert(types.contains(.end) ? "process_termination" : "process_creation") }
    if kinds.contains(.file) {
      found.insert(types.contains(.deletion) ? "file_delete" : types.contains(.access) ? "file_access" : "file_event")
      found.insert("file_event")
    }
    if kinds.contains(.network) { found.insert("network_connection") }
    return found
  }
}

/// Services and categories of Windows event logs. Source: Sigma, appendix "taxonomy", and the names of the channels in
/// the providers' manifests.
enum WindowsChannels {
  static func services(_ channel: String) -> Set<String>? {
    guard !channel.isEmpty else { return nil }
    return services[channel.lowercased()] ?? [channel.lowercased()]
  }

  private static let services: [String: Set<String>] = {
    let names: [(String, String)] = [
      ("application", "application"), ("security", "security"), ("system", "system"),
      ("microsoft-windows-sysmon/operational", "sysmon"),
      ("microsoft-windows-powershell/operational", "powershell"), ("powershellcore/operational", "powershell"),
      ("windows powershell", "powershell-classic"), ("dns server", "dns-server"),
      ("microsoft-windows-dns-server/audit", "dns-server-audit"),
      ("microsoft-windows-dnsserver/analytical", "dns-server-analytic"),
      ("microsoft-windows-driverframeworks-usermode/operational", "driver-framework"),
      ("microsoft-windows-codeintegrity/operational", "codeintegrity-operational"),
      ("microsoft-windows-windows firewall with advanced security/firewall", "firewall-as"),
      ("microsoft-windows-bits-client/operational", "bits-client"),
      ("microsoft-windows-windows defender/operational", "windefend"),
      ("microsoft-windows-printservice/admin", "printservice-admin"),
      ("microsoft-windows-printservice/operational", "printservice-operational"),
      ("microsoft-windows-terminalservices-localsessionmanager/operational", "terminalservices-localsessionmanager"),
      ("microsoft-windows-smbclient/security", "smbclient-security"),
      ("microsoft-windows-smbclient/connectivity", "smbclient-connectivity"),
      ("microsoft-windows-smbserver/connectivity", "smbserver-connectivity"),
      ("microsoft-windows-applocker/msi and script", "applocker"),
      ("microsoft-windows-applocker/exe and dll", "applocker"),
      ("microsoft-windows-applocker/packaged app-deployment", "applocker"),
      ("microsoft-windows-applocker/packaged app-execution", "applocker"),
      ("msexchange management", "msexchange-management"),
      ("microsoft-servicebus-client", "microsoft-servicebus-client"),
      ("microsoft-servicebus-client/operational", "microsoft-servicebus-client"),
      ("microsoft-servicebus-client/admin", "microsoft-servicebus-client"),
      ("microsoft-windows-ldap-client/debug", "ldap_debug"), ("microsoft-windows-ldap-client/debug", "ldap"),
      ("microsoft-windows-taskscheduler/operational", "taskscheduler"),
      ("microsoft-windows-wmi-activity/operational", "wmi"), ("microsoft-windows-ntlm/operational", "ntlm"),
      ("microsoft-windows-vhdmp/operational", "vhdmp"), ("microsoft-windows-vhdmp-operational", "vhdmp"),
      ("microsoft-windows-shell-core/operational", "shell-core"),
      ("microsoft-windows-openssh/operational", "openssh"), ("openssh/operational", "openssh"),
      ("microsoft-windows-capi2/operational", "capi2"),
      (
        "microsoft-windows-certificateservicesclient-lifecycle-system/operational",
        "certificateservicesclient-lifecycle-system"
      ),
      ("microsoft-windows-diagnosis-scripted/operational", "diagnosis-scripted"),
      ("microsoft-windows-security-mitigations/kernel mode", "security-mitigations"),
      ("microsoft-windows-security-mitigations/kernelmode", "security-mitigations"),
      ("microsoft-windows-security-mitigations/user mode", "security-mitigations"),
      ("microsoft-windows-security-mitigations/usermode", "security-mitigations"),
      ("microsoft-windows-appxdeploymentserver/operational", "appxdeployment-server"),
      ("microsoft-windows-appxpackaging/operational", "appxpackaging-om"),
      ("microsoft-windows-appmodel-runtime/admin", "appmodel-runtime"),
      ("microsoft-windows-lsa/operational", "lsa-server"), ("lsa-server", "lsa-server"),
      ("microsoft-windows-dns client events/operational", "dns-client"),
      ("microsoft-windows-dns-client/operational", "dns-client"),
      ("microsoft-iis-configuration/operational", "iis-configuration"),
      ("microsoft-windows-kerberos/operational", "kerberos"),
    ]
    var services: [String: Set<String>] = [:]
    for (channel, service) in names { services[channel, default: []].insert(service) }
    return services
  }()

  static func categories(_ channel: String, _ code: String) -> Set<String>? {
    guard !channel.isEmpty else { return nil }
    let channel = channel.lowercased()
    switch channel {
    case "microsoft-windows-sysmon/operational": return sysmon[code] ?? []
    case "security":
      switch code {
      case "4688": return ["process_creation"]
      case "4689": return ["process_termination"]
      case "4657": return ["registry_event", "registry_set"]
      case "5156", "5157": return ["network_connection"]
      case "4663", "4656": return ["file_access"]
      default: return []
      }
    case "microsoft-windows-powershell/operational", "powershellcore/operational":
      return code == "4103" ? ["ps_module"] : code == "4104" ? ["ps_script"] : []
    case "windows powershell":
      switch code {
      case "400": return ["ps_classic_start"]
      case "600": return ["ps_classic_provider_start"]
      case "800": return ["ps_classic_script"]
      default: return []
      }
    case "microsoft-windows-windows defender/operational": return ["antivirus"]
    case "microsoft-windows-kernel-file/analytic": return ["file_access", "file_rename", "file_delete", "file_event"]
    default: return []
    }
  }

  /// Source: Sysmon's documentation, "Events".
  private static let sysmon: [String: Set<String>] = [
    "1": ["process_creation"], "2": ["file_change"], "3": ["network_connection"], "4": ["sysmon_status"],
    "5": ["process_termination"], "6": ["driver_load"], "7": ["image_load"], "8": ["create_remote_thread"],
    "9": ["raw_access_thread", "raw_access_read"], "10": ["process_access"], "11": ["file_event"],
    "12": ["registry_event", "registry_add", "registry_delete"], "13": ["registry_event", "registry_set"],
    "14": ["registry_event", "registry_rename"], "15": ["create_stream_hash"], "16": ["sysmon_status"],
    "17": ["pipe_created"], "18": ["pipe_created"], "19": ["wmi_event"], "20": ["wmi_event"], "21": ["wmi_event"],
    "22": ["dns_query"], "23": ["file_delete"], "24": ["clipboard_capture"], "25": ["process_tampering"],
    "26": ["file_delete", "file_delete_detected"], "27": ["file_block_executable"], "28": ["file_block_shredding"],
    "29": ["file_executable_detected"], "255": ["sysmon_error"],
  ]
}
