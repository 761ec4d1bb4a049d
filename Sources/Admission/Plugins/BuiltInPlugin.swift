import Bytes
import Kube

/// An admission plugin that is compiled into the API server.
package protocol BuiltInPlugin: Sendable {
  /// As `--enable-admission-plugins` names it.
  var name: String { get }
  /// Changes the object of the request, or refuses it, or neither.
  func admit(_ request: inout AdmissionRequest, _ cluster: AdmissionCluster) -> PluginAnswer
  /// Refuses the request, or not, once nothing is changed any more.
  func validate(_ request: AdmissionRequest, _ cluster: AdmissionCluster) -> PluginAnswer
}

extension BuiltInPlugin {
  package func admit(_ request: inout AdmissionRequest, _ cluster: AdmissionCluster) -> PluginAnswer { .passed }
  package func validate(_ request: AdmissionRequest, _ cluster: AdmissionCluster) -> PluginAnswer { .passed }
}

/// What a plugin answered.
package enum PluginAnswer: Sendable, Equatable {
  case passed
  /// With warnings for who asked.
  case warned([String])
  case refused(AdmissionRefusal)
  /// It cannot be known, because …
  case unknown(String)
}

/// The plugins that a server of release 1.36 runs as it comes, in its order, except those that policies and webhooks are.
///
/// Source: `pkg/kubeapiserver/options/plugins.go` of Kubernetes 1.36.
package enum BuiltInPlugins {
  package static let all: [any BuiltInPlugin] = [
    NamespaceLifecycle(), LimitRanger(), ServiceAccountPlugin(), TaintNodesByCondition(), PriorityPlugin(),
    DefaultTolerationSeconds(), DefaultStorageClass(), StorageObjectInUseProtection(), PersistentVolumeClaimResize(),
    RuntimeClassPlugin(), CertificateSubjectRestriction(), DefaultIngressClass(),
  ]
  /// After everything else.
  package static let last: [any BuiltInPlugin] = [ResourceQuotaPlugin()]
}

extension AdmissionRequest {
  /// Whether the request makes, or changes, objects of a kind, not a subresource of them.
  func concerns(_ group: String, _ resource: String, _ operations: Operation...) -> Bool {
    self.resource.group == group && self.resource.resource == resource && subresource.isEmpty
      && operations.contains(operation)
  }
}
