import Access
import Findings
import PodSecurity

/// All checks. A new check is a file of its own and one line here.
package enum CheckCatalogue {
  /// Checks of the objects of a cluster (`scan`).
  package static let checks: [any Check] =
    PodSecurityStandard.controls.map { PodSecurityCheck(control: $0) }
    + AccessRiskCatalogue.risks.map { AccessRiskCheck($0) } + [
      CachedMutableImage(),
      ContainerRuntimeSocket(),
      ControlPlaneScheduling(),
      CredentialInEnvironment(),
      DebugContainer(),
      DefaultNamespace(),
      DefaultServiceAccount(),
      DeprecatedAccountField(),
      DownloadsAndRuns(),
      DuplicateVariable(),
      ImageWithoutDigest(),
      InteractiveContainer(),
      LowGroupID(),
      LowUserID(),
      MissingCPULimit(),
      MissingDisruptionBudget(),
      MissingEphemeralStorageLimit(),
      MissingMemoryLimit(),
      MissingProbes(),
      MissingResourceRequests(),
      MissingServiceAccount(),
      MountPropagation(),
      NakedPod(),
      NeedlessServiceAccountToken(),
      NoSecurityContext(),
      PodsOnOneNode(),
      PrivilegedPort(),
      RootGroup(),
      SSHServer(),
      SecretInEnvironment(),
      SensitiveHostPath(),
      SharedProcessNamespace(),
      SingleReplica(),
      SudoInCommand(),
      SystemNamespace(),
      SystemPriority(),
      Tiller(),
      UnpinnedImage(),
      UntrustedRegistry(),
      WindowsAdministrator(),
      WritableRootFilesystem(),

      ImageProvenanceMismatch(),
      ImageSignedByOthers(),
      ImageTrustLost(),
      UnsignedImage(),
      UnsupportedDistribution(),
      VulnerableImage(),

      DanglingIngress(),
      DanglingService(),
      ExposedAdministration(),
      ExternalNameService(),
      GatewayOpenToAllNamespaces(),
      GatewayWithoutTLS(),
      IdleNetworkPolicy(),
      IdleNetworkPolicyRule(),
      IngressForEveryHost(),
      IngressOpenToScripts(),
      IngressSnippet(),
      IngressWithoutRedirect(),
      IngressWithoutTLS(),
      NamespaceWithoutNetworkPolicy(),
      NetworkPolicyWithoutDNS(),
      NodePortService(),
      OpenLoadBalancer(),
      PartlyIsolatedNamespace(),
      ReachableFromOutside(),
      RefusedNetworkPolicy(),
      UnenforcedNetworkPolicy(),
      ServiceExternalIPs(),
      WideReferenceGrant(),

      APIServiceSkipsTLS(),
      AdmissionPolicyUnbound(),
      AnonymousBinding(),
      BindingToMissingRole(),
      CalledServiceMissing(),
      ConversionWebhookOutside(),
      CredentialInAnnotation(),
      CredentialInConfigMap(),
      DanglingAutoscaler(),
      DefaultAccountBinding(),
      DisruptionBudgetBlocksDrain(),
      HostPathPersistentVolume(),
      MastersGroupBinding(),
      NamespacePodSecurityLabels(),
      NamespaceWithoutQuota(),
      RemovedAPI(),
      SchemaConformance(),
      SecretInLastApplied(),
      SecretInManifest(),
      ServiceAccountTokenSecret(),
      SlowWebhook(),
      UnencryptedStorageClass(),
      WebhookFailsOpen(),
      WebhookLocksOut(),
      WebhookOutsideCluster(),
      WebhookSeesSecrets(),
      WebhookWithoutAuthority(),
      WidensBuiltInRole(),
      WildcardRole(),
    ]

  /// Checks of the build of an image (`image review`).
  package static let imageChecks: [any ImageCheck] = [
    AccountWithoutPassword(),
    AddsFromNetwork(),
    CredentialInImage(),
    ImageRunsAsRoot(),
    LatestBaseImage(),
    LatestImageTag(),
    MissingHealthCheck(),
    PackageCacheLeft(),
    PipesDownloadIntoShell(),
    RemoteLoginServer(),
    SensitivePort(),
    SetuidProgram(),
    UnownedSetuidBinary(),
    UpdateWithoutInstall(),
    UsesSudo(),
    WorldWritableFile(),
  ]

  /// Checks of a registry (`registry review`).
  package static let registryChecks: [any RegistryCheck] = [
    RegistryAcceptsOldTLS(),
    RegistryAllowsDeletion(),
    RegistryAnonymousPull(),
    RegistryAnonymousPush(),
    RegistryCertificateEnds(),
    RegistryCertificateNotTrusted(),
    RegistryCredentialInConfiguration(),
    RegistryDebugServerOpen(),
    RegistryDoesNotScan(),
    RegistryKeepsForever(),
    RegistryListing(),
    RegistryMakesUpPasswords(),
    RegistryMovableTags(),
    RegistryOpenForWriting(),
    RegistryOpenPolicy(),
    RegistryPublicRepository(),
    RegistryStaleImage(),
    RegistryTagMoved(),
    RegistryUnsignedImage(),
    RegistryWeakPasswords(),
    RegistryWithoutTLS(),
  ]

  package static let all: [any Check] = checks + imageChecks + registryChecks

  /// The check with this id, or with this former id; nil for an unknown one.
  package static func check(_ id: String) -> (any Check)? { all.first { $0.metadata.rule.isNamed(id) } }

  /// The checks of a name, which may be an id of another tool that asks for what several checks answer.
  package static func checks(known name: String) -> [any Check] {
    check(name).map { [$0] } ?? all.filter { $0.metadata.rule.isKnown(as: name) }
  }
}
