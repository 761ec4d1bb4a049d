/// `event.dataset`: the kind of record that an event was, such as `kubernetes.audit`. It also names the mapping that
/// reads the original again, so it is stored with the event.
package struct Dataset: RawRepresentable, Sendable, Hashable {
  package let rawValue: String

  package init(rawValue: String) { self.rawValue = rawValue }

  package static let kubernetesAudit = Dataset(rawValue: "kubernetes.audit")
  package static let kubernetesEvent = Dataset(rawValue: "kubernetes.event")
  package static let containerLog = Dataset(rawValue: "container.log")
  package static let falcoAlert = Dataset(rawValue: "falco.alert")
  package static let tetragonEvent = Dataset(rawValue: "tetragon.event")
  package static let hubbleFlow = Dataset(rawValue: "hubble.flow")
  package static let calicoFlow = Dataset(rawValue: "calico.flow")
  package static let registryAccess = Dataset(rawValue: "registry.access")
  package static let registryLog = Dataset(rawValue: "registry.log")
  package static let registryNotification = Dataset(rawValue: "registry.notification")
  package static let harborAudit = Dataset(rawValue: "harbor.audit")
  package static let dockerHubAudit = Dataset(rawValue: "dockerhub.audit")
  package static let awsCloudTrail = Dataset(rawValue: "aws.cloudtrail")
  package static let awsCloudWatch = Dataset(rawValue: "aws.cloudwatch_logs")
  package static let gcpAudit = Dataset(rawValue: "gcp.audit")
  package static let azurePlatform = Dataset(rawValue: "azure.platformlogs")
  package static let bartizanActivity = Dataset(rawValue: "bartizan.activity")
  package static let bartizanAdmission = Dataset(rawValue: "bartizan.admission")
  package static let syslog = Dataset(rawValue: "system.syslog")
  package static let sshd = Dataset(rawValue: "system.sshd")
  package static let sudo = Dataset(rawValue: "system.sudo")
  package static let su = Dataset(rawValue: "system.su")
  package static let pam = Dataset(rawValue: "system.pam")
  package static let auditd = Dataset(rawValue: "auditd.log")
  package static let cef = Dataset(rawValue: "cef.log")
  package static let leef = Dataset(rawValue: "leef.log")
  package static let nginxAccess = Dataset(rawValue: "nginx.access")
  package static let envoyAccess = Dataset(rawValue: "envoy.access")
  package static let klog = Dataset(rawValue: "kubernetes.component_log")
  package static let windows = Dataset(rawValue: "windows.event")
  package static let shipper = Dataset(rawValue: "shipper.record")
  package static let logfmt = Dataset(rawValue: "logfmt.log")
  package static let json = Dataset(rawValue: "json.log")
  package static let csv = Dataset(rawValue: "csv.row")
  package static let text = Dataset(rawValue: "text.log")
  /// Events that could not be understood and are kept all the same.
  package static let unparsed = Dataset(rawValue: "unparsed")
}
