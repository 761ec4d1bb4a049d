package import Findings

/// How one gets from one position of the graph to the next.
package struct Technique: Sendable, Hashable {
  /// Stable, in kebab case.
  package let id: String
  /// The technique of MITRE ATT&CK; nil for a membership, where whoever holds the first position holds the second.
  package let attack: Control?
  /// What is done, as a phrase whose subject is the attacker: `impersonates them`.
  package let phrase: String

  package static func == (a: Technique, b: Technique) -> Bool { a.id == b.id }
  package func hash(into hasher: inout Hasher) { hasher.combine(id) }

  /// Whether the step is a mere membership: it costs nothing and is not counted.
  package var isMembership: Bool { attack == nil }

  private init(_ id: String, _ attack: String?, _ phrase: String) {
    self.id = id
    self.attack = attack.map { .mitre($0) }
    self.phrase = phrase
  }
}

/// Source of the numbers: MITRE ATT&CK, matrix for containers.
extension Technique {
  static let isMember = Technique("is-member", nil, "is one of them")
  static let areMembers = Technique("are-members", nil, "are among them")

  static let isSuperuser = Technique("is-superuser", "T1078", "is never asked by RBAC")
  static let mayDoEverything = Technique("may-do-everything", "T1078", "may do everything")
  static let impersonatesMasters = Technique(
    "impersonate-masters", "T1134", "impersonates a user of system:masters")
  static let impersonates = Technique("impersonate", "T1134", "impersonates them")
  static let impersonatesWithin = Technique(
    "impersonate-constrained", "T1134", "impersonates them for the requests that it may delegate")
  static let widensOwnRole = Technique(
    "widen-own-role", "T1098", "writes everything into a role that it holds")
  static let widensRoleOfNamespace = Technique(
    "widen-role-of-namespace", "T1098", "writes everything into a role of the namespace")
  static let bindsClusterAdmin = Technique("bind-cluster-admin", "T1098", "binds cluster-admin to itself")
  static let bindsAdminOfNamespace = Technique(
    "bind-admin-of-namespace", "T1098", "binds admin of the namespace to itself")
  static let hasCertificateSigned = Technique(
    "sign-certificate", "T1649", "has a certificate of a control-plane user signed")
  static let mutatesByAdmission = Technique(
    "mutate-by-admission", "T1546", "rewrites objects by a mutating webhook or policy")
  static let interceptsByAPIService = Technique(
    "intercept-by-api-service", "T1557", "intercepts requests of administrators by an APIService")
  static let isSentByAdmission = Technique("receive-by-admission", "T1557", "is sent them by a validating webhook")
  static let runsThroughKubelet = Technique("run-through-kubelet", "T1609", "runs commands through the kubelet")
  static let mountsNodeByVolume = Technique(
    "mount-node-by-volume", "T1611", "mounts the node by a persistent volume")
  static let mountsVolumeOfNode = Technique(
    "mount-volume-of-node", "T1611",
    "mounts a persistent volume that lies on it: Pod Security does not look through a claim")
  static let issuesTokens = Technique("issue-tokens", "T1528", "issues their tokens")
  static let startsPod = Technique("start-pod", "T1610", "starts a pod as one of them")
  static let startsWorkload = Technique("start-workload", "T1610", "starts a workload as one of them")
  static let mintsTokenBySecret = Technique("mint-token-by-secret", "T1528", "mints a token by a secret")
  static let readsSecrets = Technique("read-secrets", "T1552", "reads them")
  static let mountsSecrets = Technique("mount-secrets", "T1552", "mounts them into a pod")
  static let runsCommands = Technique("run-commands", "T1609", "runs commands in it")
  static let addsContainer = Technique("add-container", "T1610", "adds a container to it")
  static let changesImage = Technique("change-image", "T1610", "changes its image")
  static let changesControlPlane = Technique(
    "change-control-plane", "T1098", "changes the configuration of the control plane")
  static let startsEscapingPod = Technique(
    "start-escaping-pod", "T1611", "starts a pod that escapes to it: Pod Security does not stop it")
  static let relabelsNamespace = Technique(
    "relabel-namespace", "T1562.001", "relabels the namespace, then starts a pod that escapes")

  static let usesToken = Technique("use-token", "T1528", "uses the token of the pod")
  static let usesTokenSecret = Technique("use-token-secret", "T1528", "uses the token in a Secret")
  static let isGivenSecret = Technique("is-given-secret", "T1552", "reads a Secret that the pod is given")
  static let escapes = Technique("escape-to-node", "T1611", "escapes to the node")
  static let readsNodeCredentials = Technique("read-node-credentials", "T1552", "reads credentials of the node")
  static let actsAsControlPlane = Technique(
    "act-as-control-plane", "T1078", "acts as a controller of the control plane")
  static let readsTokensOfPods = Technique("read-tokens-of-pods", "T1552", "reads the tokens of the pods on it")
  static let usesTokensOfPods = Technique("use-tokens-of-pods", "T1528", "uses the tokens of the pods on it")
  static let startsPrivilegedPod = Technique("start-privileged-pod", "T1610", "starts a privileged pod")
  static let issuesAnyToken = Technique("issue-any-token", "T1528", "issues tokens")

  static let bindsRole = Technique("bind-role", "T1098", "binds a role to itself")
  static let issuesToken = Technique("issue-token", "T1528", "issues its token")
  static let readsSecret = Technique("read-secret", "T1552", "reads it")
  static let readsSecretsByPatch = Technique(
    "read-secrets-by-patch", "T1552", "reads them in the answers to its own patches")
  static let mintsTokenByApply = Technique(
    "mint-token-by-apply", "T1528", "applies a token Secret for one of them and reads it")
  static let changesWorkload = Technique("change-workload", "T1610", "changes a workload to run as one of them")
  static let ordersController = Technique("order-controller", "T1610", "has it carry out what its object says")
  static let ordersControllerAs = Technique(
    "order-controller-as", "T1610", "has a controller act as one of them")
  static let makesBootstrapToken = Technique(
    "make-bootstrap-token", "T1098", "makes a bootstrap token of their group")
  static let escapesFromSystemPod = Technique(
    "escape-from-system-pod", "T1611",
    "escapes from a system pod, such as kube-proxy or the network plugin, that the input does not hold")
  static let changesSource = Technique("change-source", "T1072", "changes what it applies")
  static let mapsItselfToMasters = Technique(
    "map-to-masters", "T1098", "maps itself to system:masters in aws-auth")
  static let hasNodeCertificateSigned = Technique(
    "sign-node-certificate", "T1649", "has a node's certificate signed")

  // MARK: Steps through networks, pods and nodes

  static let exploitsExposedApplication = Technique(
    "exploit-exposed-application", "T1190", "exploits the application that is exposed")
  static let exploitsApplication = Technique(
    "exploit-application", "T1210", "connects to it and exploits the application")
  static let passesThroughAPIServer = Technique(
    "pass-through-api-server", "T1090",
    "is passed on to it by the API server, past network policies, and exploits the application")
  static let mountsData = Technique(
    "mount-data", "T1610", "starts a pod beside it that mounts the volume in which it keeps its data")
  static let removesPolicies = Technique(
    "remove-network-policies", "T1562.001",
    "does away with the policies in its way by a right to change them, connects to it and exploits the application")
  static let holdsUnknownRole = Technique(
    "hold-unknown-role", "T1078", "may do whatever the role grants that the input does not hold")
  static let callsAPIServer = Technique("call-api-server", "T1190", "calls the API server without credentials")
  static let publishesImage = Technique(
    "publish-malicious-image", "T1204.003", "publishes a malicious image under its name")
  static let sharesProcesses = Technique(
    "share-process-namespace", "T1055", "enters a container whose processes it shares")
  static let breaksOutThroughKernel = Technique(
    "break-out-through-kernel", "T1611", "breaks out through a flaw in the kernel or the container runtime")
  static let mountsNodeDisk = Technique("mount-node-disk", "T1611", "mounts the node's disk")
  static let entersNodeNamespaces = Technique(
    "enter-node-namespaces", "T1611", "enters the namespaces of the node's processes")
  static let loadsKernelModule = Technique("load-kernel-module", "T1611", "loads a kernel module")
  static let tracesNodeProcess = Technique("trace-node-process", "T1611", "injects code into a process of the node")
  static let writesCorePattern = Technique(
    "write-core-pattern", "T1611", "has the kernel run a program as root by core_pattern")
  static let linksLogs = Technique(
    "link-logs", "T1611", "reads files of the node by links in its log folder, through the log API")
  static let writesNodeFiles = Technique("write-node-files", "T1611", "writes to files that the node runs or trusts")
  static let readsNodeFiles = Technique("read-node-files", "T1552.001", "reads credentials in files of the node")
  static let traversesVolumes = Technique(
    "traverse-volumes", "T1552.001", "reads the volumes of other pods, with their tokens, on the node")
  static let talksToRuntime = Technique(
    "talk-to-container-runtime", "T1610", "has the container runtime start a container that owns the node")
  static let takesPodsOfNode = Technique("take-pods-of-node", "T1609", "runs commands in the pods on it")
  static let actsAsNode = Technique("act-as-node", "T1078", "acts as the node's kubelet")
  static let readsControlPlaneKeys = Technique(
    "read-control-plane-keys", "T1552.004", "reads the keys of the control plane that runs on it")
  static let readsKeysOfPeople = Technique(
    "read-keys-of-people", "T1552.001", "reads the kubeconfig of an administrator who works on the node")
  static let assumesCloudIdentity = Technique(
    "assume-cloud-identity", "T1078.004", "exchanges the token for the cloud identity of the account")
  static let runsCommandsAsAdmin = Technique("run-commands-as-admin", "T1609", "runs commands in any pod")
  static let entersNodeNetwork = Technique(
    "enter-node-network", "T1040", "is in the node's network, where no network policy applies, and hears its traffic")
  static let passes = Technique("pass", nil, "passes")

  /// Nil where there is none of that ID.
  package static func named(_ id: String) -> Technique? { all.first { $0.id == id } }

  /// Every technique of the graph.
  package static let all: [Technique] = [
    bindsRole, issuesToken, readsSecret, readsSecretsByPatch, mintsTokenByApply, changesWorkload, ordersController,
    ordersControllerAs, changesSource, makesBootstrapToken, escapesFromSystemPod, mapsItselfToMasters,
    hasNodeCertificateSigned,
    isMember, areMembers, isSuperuser, mayDoEverything, impersonatesMasters, impersonates, impersonatesWithin,
    widensOwnRole,
    widensRoleOfNamespace, bindsClusterAdmin, bindsAdminOfNamespace, hasCertificateSigned, mutatesByAdmission,
    interceptsByAPIService, isSentByAdmission, runsThroughKubelet, mountsNodeByVolume, mountsVolumeOfNode, issuesTokens,
    startsPod,
    startsWorkload, mintsTokenBySecret, readsSecrets, mountsSecrets, runsCommands, addsContainer, changesImage,
    changesControlPlane, startsEscapingPod, relabelsNamespace, usesToken, usesTokenSecret, isGivenSecret, escapes,
    exploitsExposedApplication, exploitsApplication, passesThroughAPIServer, mountsData, removesPolicies,
    holdsUnknownRole,
    callsAPIServer, publishesImage,
    sharesProcesses,
    breaksOutThroughKernel, mountsNodeDisk, entersNodeNamespaces, loadsKernelModule, tracesNodeProcess,
    writesCorePattern, linksLogs, writesNodeFiles, readsNodeFiles, traversesVolumes, talksToRuntime, takesPodsOfNode,
    actsAsNode, readsControlPlaneKeys, readsKeysOfPeople, assumesCloudIdentity, runsCommandsAsAdmin, entersNodeNetwork,
    passes,
    readsNodeCredentials, actsAsControlPlane, readsTokensOfPods, usesTokensOfPods, startsPrivilegedPod, issuesAnyToken,
  ]
}
