import Access
import Findings

/// All checks. A new check is a file of its own and one line here.
package enum CheckCatalogue {
  package static let checks: [any Check] =
    PodSecurityStandard.controls.map { PodSecurityCheck(control: $0) }
    + AccessRiskCatalogue.risks.map { AccessRiskCheck($0) } + [
      ContainerRuntimeSocket(),
      CredentialInEnvironment(),
      DefaultNamespace(),
      DefaultServiceAccount(),
      LowUserID(),
      MissingMemoryLimit(),
      MissingProbes(),
      MissingResourceRequests(),
      SSHServer(),
      SecretInEnvironment(),
      SensitiveHostPath(),
      SharedProcessNamespace(),
      Tiller(),
      UnpinnedImage(),
      WritableRootFilesystem(),

      IdleNetworkPolicy(),
      IngressSnippet(),
      IngressWithoutTLS(),
      NamespaceWithoutNetworkPolicy(),
      NetworkPolicyWithoutDNS(),
      NodePortService(),
      OpenLoadBalancer(),
      PartlyIsolatedNamespace(),
      ReachableFromOutside(),
      RefusedNetworkPolicy(),
      ServiceExternalIPs(),

      APIServiceSkipsTLS(),
      AnonymousBinding(),
      CredentialInConfigMap(),
      HostPathPersistentVolume(),
      NamespacePodSecurityLabels(),
      RemovedAPI(),
      SecretInLastApplied(),
      ServiceAccountTokenSecret(),
      WebhookFailsOpen(),
      WildcardRole(),
    ]

  package static func check(_ id: String) -> (any Check)? { checks.first { $0.metadata.id.rawValue == id } }
}
