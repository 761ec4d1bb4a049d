import Bytes
import Events
import Findings

/// Products, categories and services that events are of: those that events here are told apart by, and those of Sigma's taxonomy,
/// for which other programs write rules.
///
/// Source: Sigma, appendix "taxonomy", and the log sources of SigmaHQ's rules.
enum LogSourceNames {
  private static let products: Set<String> = [
    "kubernetes", "registry", "docker", "harbor", "falco", "envoy", "nginx", "apache", "bartizan", "containerd",
    "apache-httpd", "aws", "azure", "bitbucket", "cisco", "django", "fortigate", "fortios", "gcp", "github", "gitlab",
    "google_workspace", "huawei", "juniper", "jvm", "linux", "m365", "macos", "modsecurity", "nodejs", "okta",
    "onelogin",
    "opencanary", "paloalto", "python", "qualys", "rpc_firewall", "ruby_on_rails", "spring", "sql", "velocity",
    "windows",
    "zeek",
  ]
  private static let categories: Set<String> = [
    "antivirus", "appliance", "application", "authentication", "clipboard_capture", "create_remote_thread",
    "create_stream_hash", "database", "dns", "dns_query", "driver_load", "file_access", "file_block_executable",
    "file_block_shredding", "file_change", "file_delete", "file_delete_detected", "file_event",
    "file_executable_detected",
    "file_rename", "firewall", "image_load", "network", "network_connection", "pipe_created", "process_access",
    "process_creation", "process_tampering", "process_termination", "proxy", "ps_classic_provider_start",
    "ps_classic_script", "ps_classic_start", "ps_module", "ps_script", "raw_access_thread", "registry_add",
    "registry_delete", "registry_event", "registry_rename", "registry_set", "sysmon_error", "sysmon_status",
    "webserver",
    "wmi_event",
  ]
  /// Of products whose services are few and known.
  private static let servicesOf: [String: Set<String>] = [
    "kubernetes": ["audit", "event", "events", "component", "flow", "netflow", "application"],
    "registry": ["access", "registry", "notification", "audit"],
    "docker": ["access", "registry", "notification", "audit"],
    "harbor": ["audit"],
    "falco": ["falco"],
  ]
  private static let services: Set<String> = {
    var names: Set<String> = [
      "aaa", "activitylogs", "apache", "application", "application-experience", "applocker", "appmodel-runtime",
      "appxdeployment-server", "appxpackaging-om", "audit", "auditd", "auditlogs", "auth", "authpriv", "bgp",
      "bitlocker",
      "bits-client", "capi2", "certificateservicesclient-lifecycle-system", "clamav", "cloudtrail",
      "codeintegrity-operational", "connection", "cron", "dce_rpc", "dhcp", "diagnosis-scripted", "dns", "dns-client",
      "dns-server", "dns-server-analytic", "dns-server-audit", "driver-framework", "duo", "envoy", "exchange",
      "firewall-as", "gcp.audit", "globalprotect", "google_workspace.admin", "google_workspace.login", "guacamole",
      "http",
      "hyper-v-worker", "iis-configuration", "kerberos", "kernel-event-tracing", "kernel-shimengine", "ldap",
      "ldap_debug",
      "ldp", "lsa-server", "microsoft-servicebus-client", "msexchange-management", "netflow", "nginx", "ntfs", "ntlm",
      "okta", "onelogin.events", "openssh", "pam", "pim", "powershell", "powershell-classic", "printservice-admin",
      "printservice-operational", "rdp", "riskdetection", "secure", "security", "security-mitigations", "sense",
      "servicebus-client", "shell-core", "signinlogs", "smb_files", "smbclient-connectivity", "smbclient-security",
      "smbserver-connectivity", "sshd", "sslvpnd", "su", "sudo", "syslog", "sysmon", "system", "taskscheduler",
      "terminalservices-localsessionmanager", "tetragon", "threat_detection", "threat_management", "vhdmp", "vsftpd",
      "windefend", "wmi", "x509",
    ]
    for known in servicesOf.values { names.formUnion(known) }
    return names
  }()

  /// What of a rule's log source no event is of.
  static func unknown(_ source: LogSource) -> [RuleError.Reason] {
    var found: [RuleError.Reason] = []
    func check(_ attribute: String, _ name: String?, _ known: Set<String>) {
      guard let name, !known.contains(name) else { return }
      found.append(.unknownSource(attribute, is: name, nearest: NearestName.of(name, in: known.sorted())))
    }
    check("product", source.product, products)
    check("category", source.category, categories)
    check("service", source.service, source.product.flatMap { servicesOf[$0] } ?? services)
    return found
  }
}
