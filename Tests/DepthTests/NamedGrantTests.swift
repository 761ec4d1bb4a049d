import Access
import Depth
import Findings
import Kube
import TestKit
import Testing

/// Ways to the goal by rights that are restricted to names, by orders to controllers, and by what pods carry.
@Suite struct NamedGrantTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let yaml: String
    var from = AccessSubject.user("kim")
    var goal = EscalationGraph.Position.clusterAdmin
    /// Ids of the techniques that are deeds; nil: there is no way.
    let way: [String]?

    var testDescription: String { name }
  }

  private static func kim(_ rules: String, in namespace: String? = nil) -> String {
    guard let namespace else {
      return RBACText.role("ClusterRole", "kims", "[\(rules)]") + RBACText.bind("kims", to: "[{kind: User, name: kim}]")
    }
    return RBACText.role("Role", "r-kims", "[\(rules)]", namespace: namespace)
      + RBACText.bind("r-kims", to: "[{kind: User, name: kim}]", namespace: namespace)
  }

  private static func rule(_ group: String, _ resources: String, _ verbs: String, _ names: String = "") -> String {
    "{apiGroups: ['\(group)'], resources: [\(resources)], verbs: [\(verbs)]\(names.isEmpty ? "" : ", resourceNames: ['\(names)']")}"
  }

  private static let rbac = "rbac.authorization.k8s.io"
  private static let root =
    "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: root, namespace: ops}\n---\n"
    + RBACText.bind("cluster-admin", to: "[{kind: ServiceAccount, name: root, namespace: ops}]")
  private static let guarded =
    "apiVersion: v1\nkind: Namespace\nmetadata: {name: ops, labels: {pod-security.kubernetes.io/enforce: restricted}}\n---\n"

  private static func deployment(_ spec: String, account: String = "root") -> String {
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: ops}\nspec: {template: {spec: {serviceAccountName: \(account), containers: [{name: c, image: x, volumeMounts: [{name: v, mountPath: /v}]}]\(spec)}}}\n---\n"
  }

  static let cases: [Case] = [
    Case(
      name: "is another user for one verb on one resource",
      yaml: RBACText.bind("cluster-admin", to: "[{kind: User, name: boss}]", name: "boss")
        + kim(
          rule("authentication.k8s.io", "users", "'impersonate:user-info'", "boss") + ","
            + rule(rbac, "clusterrolebindings", "'impersonate-on:user-info:create'") + ","
            + rule(rbac, "clusterroles", "'impersonate-on:user-info:bind'")),
      way: ["impersonate-constrained", "bind-cluster-admin"]),
    Case(
      name: "is another user who may not do it either",
      yaml: kim(
        rule("authentication.k8s.io", "users", "'impersonate:user-info'", "boss") + ","
          + rule(rbac, "clusterrolebindings", "'impersonate-on:user-info:create'") + ","
          + rule(rbac, "clusterroles", "'impersonate-on:user-info:bind'")),
      way: nil),
    Case(
      name: "may be another user and do nothing as them",
      yaml: RBACText.bind("cluster-admin", to: "[{kind: User, name: boss}]", name: "boss")
        + kim(rule("authentication.k8s.io", "users", "'impersonate:user-info'", "boss")),
      way: nil),
    Case(
      name: "is an account for tokens",
      yaml: root
        + kim(
          rule("authentication.k8s.io", "serviceaccounts", "'impersonate:serviceaccount'", "root") + ","
            + rule("", "'serviceaccounts/token'", "'impersonate-on:serviceaccount:create'"),
          in: "ops"),
      way: ["impersonate-constrained", "issue-tokens", "may-do-everything"]),
    Case(
      name: "binds cluster-admin by name",
      yaml: kim(
        rule(rbac, "clusterroles", "bind", "cluster-admin") + "," + rule(rbac, "clusterrolebindings", "create")),
      way: ["bind-cluster-admin"]),
    Case(
      name: "binds view by name",
      yaml: kim(rule(rbac, "clusterroles", "bind", "view") + "," + rule(rbac, "clusterrolebindings", "create")),
      way: nil),
    Case(
      name: "binds a role by name, which does the rest",
      yaml: RBACText.role("ClusterRole", "proxy", "[\(rule("", "users, groups", "impersonate"))]")
        + kim(rule(rbac, "clusterroles", "bind", "proxy") + "," + rule(rbac, "clusterrolebindings", "create")),
      way: ["bind-role", "impersonate-masters"]),
    Case(
      name: "binds edit in a namespace by name",
      yaml: root + guarded
        + kim(
          rule(rbac, "clusterroles", "bind", "edit") + "," + rule(rbac, "rolebindings", "create"), in: "ops"),
      way: ["bind-role", "impersonate", "may-do-everything"]),
    Case(
      name: "may bind and not write", yaml: kim(rule(rbac, "clusterroles", "bind", "cluster-admin")), way: nil),
    Case(
      name: "escalates the role that it holds", yaml: kim(rule(rbac, "clusterroles", "escalate, update", "kims")),
      way: ["widen-own-role"]),
    Case(
      name: "escalates a role that it does not hold",
      yaml: kim(rule(rbac, "clusterroles", "escalate, update", "others")), way: nil),
    Case(
      name: "impersonates the masters by name",
      yaml: kim(rule("", "groups", "impersonate", "system:masters") + "," + rule("", "users", "impersonate", "bob")),
      way: ["impersonate-masters"]),
    Case(
      name: "a group without a user", yaml: kim(rule("", "groups", "impersonate", "system:masters")), way: nil),
    Case(
      name: "impersonates a user by name",
      yaml: RBACText.bind("cluster-admin", to: "[{kind: User, name: boss}]")
        + kim(rule("", "users", "impersonate", "boss")), way: ["impersonate", "may-do-everything"]),
    Case(
      name: "impersonates a user in a namespace, which is nothing",
      yaml: RBACText.bind("cluster-admin", to: "[{kind: User, name: boss}]")
        + kim(rule("", "users", "impersonate", "boss"), in: "ops"), way: nil),
    Case(
      name: "issues a token by name", yaml: root + kim(rule("", "serviceaccounts/token", "create", "root"), in: "ops"),
      way: ["issue-token", "may-do-everything"]),
    Case(
      name: "issues another token", yaml: root + kim(rule("", "serviceaccounts/token", "create", "other"), in: "ops"),
      way: nil),
    Case(
      name: "reads a token by name",
      yaml: root
        + "apiVersion: v1\nkind: Secret\ntype: kubernetes.io/service-account-token\nmetadata: {name: t, namespace: ops, annotations: {kubernetes.io/service-account.name: root}}\n---\n"
        + kim(rule("", "secrets", "get", "t"), in: "ops"),
      way: ["read-secret", "use-token-secret", "may-do-everything"]),
    Case(
      name: "approves for the API server's clients",
      yaml: kim(
        rule("certificates.k8s.io", "certificatesigningrequests", "create") + ","
          + rule("certificates.k8s.io", "certificatesigningrequests/approval", "update") + ","
          + rule("certificates.k8s.io", "signers", "approve", "kubernetes.io/kube-apiserver-client")),
      way: ["sign-certificate"]),
    Case(
      name: "approves for a signer of its own",
      yaml: kim(
        rule("certificates.k8s.io", "certificatesigningrequests", "create") + ","
          + rule("certificates.k8s.io", "certificatesigningrequests/approval", "update") + ","
          + rule("certificates.k8s.io", "signers", "approve", "example.com/own")), way: nil),
    Case(
      name: "changes a Deployment by name",
      yaml: root + guarded + kim(rule("apps", "deployments", "patch", "web"), in: "ops"),
      way: ["change-workload", "may-do-everything"]),
    Case(
      name: "creates a Deployment by name, which is nothing",
      yaml: root + guarded + kim(rule("apps", "deployments", "create", "web"), in: "ops"), way: nil),
    Case(
      name: "applies a Secret by name",
      yaml: kim(rule("", "secrets", "create, patch", "cache"), in: "kube-system"),
      way: ["mint-token-by-apply", "act-as-control-plane"]),
    Case(
      name: "applies a Secret that exists with another type",
      yaml: "apiVersion: v1\nkind: Secret\ntype: Opaque\nmetadata: {name: cache, namespace: kube-system}\n---\n"
        + kim(rule("", "secrets", "create, patch", "cache"), in: "kube-system"), way: nil),
    Case(
      name: "creates Secrets and reads one name",
      yaml: kim(rule("", "secrets", "create") + "," + rule("", "secrets", "get", "mine"), in: "kube-system"),
      way: ["mint-token-by-apply", "act-as-control-plane"]),
    Case(
      name: "applies a Pod by name", yaml: root + guarded + kim(rule("", "pods", "create, patch", "job"), in: "ops"),
      way: ["start-pod", "may-do-everything"]),
    Case(
      name: "patches Secrets", yaml: kim(rule("", "secrets", "patch"), in: "kube-system"),
      goal: .secrets(namespace: "kube-system"), way: ["read-secrets-by-patch"]),
    Case(
      name: "runs commands in one pod",
      yaml: root + deployment("") + kim(rule("", "pods/exec", "create", "web-1"), in: "ops"),
      way: ["run-commands", "use-token", "may-do-everything"]),
    Case(
      name: "runs commands in another pod",
      yaml: root + deployment("") + kim(rule("", "pods/exec", "create", "api-1"), in: "ops"), way: nil),
    Case(
      name: "maps itself in aws-auth", yaml: kim(rule("", "configmaps", "update", "aws-auth"), in: "kube-system"),
      way: ["map-to-masters"]),
    Case(
      name: "orders Flux",
      yaml: "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: kustomize-controller, namespace: flux}\n---\n"
        + RBACText.bind("cluster-admin", to: "[{kind: ServiceAccount, name: kustomize-controller, namespace: flux}]")
        + kim(rule("kustomize.toolkit.fluxcd.io", "kustomizations", "create"), in: "team"),
      way: ["order-controller", "may-do-everything"]),
    Case(
      name: "orders Argo CD from elsewhere",
      yaml:
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: argocd-application-controller, namespace: argocd}\n---\n"
        + RBACText.bind(
          "cluster-admin", to: "[{kind: ServiceAccount, name: argocd-application-controller, namespace: argocd}]")
        + kim(rule("argoproj.io", "applications", "create"), in: "team"), way: nil),
    Case(
      name: "the account mounts no token",
      yaml: root.replacing("namespace: ops}\n---", with: "namespace: ops}\nautomountServiceAccountToken: false\n---")
        + deployment("") + kim(rule("", "pods/exec", "create"), in: "ops"), way: nil),
    Case(
      name: "a volume projects the token",
      yaml: root
        + deployment(
          ", automountServiceAccountToken: false, volumes: [{name: v, projected: {sources: [{serviceAccountToken: {path: t}}]}}]"
        ) + kim(rule("", "pods/exec", "create"), in: "ops"),
      way: ["run-commands", "use-token", "may-do-everything"]),
    Case(
      name: "a volume projects a token for another audience",
      yaml: root
        + deployment(
          ", automountServiceAccountToken: false, volumes: [{name: v, projected: {sources: [{serviceAccountToken: {path: t, audience: vault}}]}}]"
        ) + kim(rule("", "pods/exec", "create"), in: "ops"), way: nil),
    Case(
      name: "a socket of the runtime",
      yaml: deployment(", volumes: [{name: v, hostPath: {path: /run/containerd/containerd.sock}}]", account: "x")
        + kim(rule("", "pods/exec", "create"), in: "ops"), goal: .node, way: ["run-commands", "escape-to-node"]),
    Case(
      name: "the folder of the network plugins",
      yaml: deployment(", volumes: [{name: v, hostPath: {path: /opt/cni/bin}}]", account: "x")
        + kim(rule("", "pods/exec", "create"), in: "ops"), goal: .node, way: ["run-commands", "escape-to-node"]),
    Case(
      name: "a claim on a volume of the node",
      yaml: deployment(", volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]", account: "x")
        + "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: pv}\nspec: {hostPath: {path: /etc}, claimRef: {namespace: ops, name: data}}\n---\n"
        + kim(rule("", "pods/exec", "create"), in: "ops"), goal: .node, way: ["run-commands", "escape-to-node"]),
  ]

  private static let flux = "kustomize.toolkit.fluxcd.io"

  /// Flux with a source in team-a, applied by the controller, which is cluster admin, or by an account of team-a.
  private static func flux(_ spec: String = "", arguments: String = "") -> String {
    "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: kustomize-controller, namespace: flux-system}\n---\n"
      + RBACText.bind(
        "cluster-admin", to: "[{kind: ServiceAccount, name: kustomize-controller, namespace: flux-system}]")
      + "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: kustomize-controller, namespace: flux-system}\nspec: {template: {spec: {serviceAccountName: kustomize-controller, automountServiceAccountToken: false, containers: [{name: c, image: x, args: [\(arguments)]}]}}}\n---\n"
      + "apiVersion: \(flux)/v1\nkind: Kustomization\nmetadata: {name: apps, namespace: team-a}\nspec: {sourceRef: {kind: GitRepository, name: apps}\(spec)}\n---\n"
      + "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: deployer, namespace: team-a}\n---\n"
  }

  private static let source = "source.toolkit.fluxcd.io"

  static let controllerCases: [Case] = [
    Case(
      name: "changes the source that a Kustomization applies",
      yaml: flux() + kim(rule(source, "gitrepositories", "patch"), in: "team-a"),
      way: ["change-source", "may-do-everything"]),
    Case(
      name: "changes the named source that a Kustomization applies",
      yaml: flux() + kim(rule(source, "gitrepositories", "update", "apps"), in: "team-a"),
      way: ["change-source", "may-do-everything"]),
    Case(
      name: "changes a source that nothing applies",
      yaml: flux() + kim(rule(source, "gitrepositories", "update", "docs"), in: "team-a"), way: nil),
    Case(
      name: "changes a source of another namespace",
      yaml: flux() + kim(rule(source, "gitrepositories", "update"), in: "team-b"), way: nil),
    Case(
      name: "changes a source of another kind",
      yaml: flux() + kim(rule(source, "buckets", "update"), in: "team-a"), way: nil),
    Case(
      name: "reads a source", yaml: flux() + kim(rule(source, "gitrepositories", "get, list"), in: "team-a"), way: nil),
    Case(
      name: "a source that is applied as an account without rights",
      yaml: flux(", serviceAccountName: deployer") + kim(rule(source, "gitrepositories", "patch"), in: "team-a"),
      way: nil),
    Case(
      name: "a source that is applied as an account with rights",
      yaml: flux(", serviceAccountName: deployer")
        + RBACText.bind("cluster-admin", to: "[{kind: ServiceAccount, name: deployer, namespace: team-a}]", name: "d")
        + kim(rule(source, "gitrepositories", "patch"), in: "team-a"), way: ["change-source", "may-do-everything"]),
    Case(
      name: "a chart from a source that a HelmRelease names",
      yaml:
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: helm-controller, namespace: flux-system}\n---\n"
        + RBACText.bind("cluster-admin", to: "[{kind: ServiceAccount, name: helm-controller, namespace: flux-system}]")
        + "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: app, namespace: team-a}\nspec: {chart: {spec: {chart: app, sourceRef: {kind: HelmRepository, name: charts, namespace: shared}}}}\n---\n"
        + kim(rule(source, "helmrepositories", "patch"), in: "shared"), way: ["change-source", "may-do-everything"]),
    Case(
      name: "a locked controller acts as an account of the namespace",
      yaml: flux(arguments: "'--default-service-account=none'")
        + RBACText.bind("cluster-admin", to: "[{kind: ServiceAccount, name: deployer, namespace: team-a}]", name: "d")
        + kim(rule(flux, "kustomizations", "create"), in: "team-a"),
      way: ["order-controller-as", "may-do-everything"]),
    Case(
      name: "a locked controller lends no rights of its own",
      yaml: flux(arguments: "'--default-service-account=none'")
        + kim(rule(flux, "kustomizations", "create"), in: "team-a"), way: nil),
  ]

  private static let certificates = "certificates.k8s.io"
  private static let bootstrap =
    RBACText.role(
      "ClusterRole", "join",
      "[\(rule(certificates, "certificatesigningrequests, certificatesigningrequests/nodeclient", "create"))]")
    + RBACText.bind("join", to: "[{kind: Group, name: 'system:bootstrappers:kubeadm'}]")

  static let systemCases: [Case] = [
    Case(
      name: "runs commands through the kubelet in a pod that every cluster has",
      yaml: kim(rule("", "nodes/proxy", "get")),
      goal: .node, way: ["run-through-kubelet", "escape-from-system-pod"]),
    Case(
      name: "the pods of kube-system are in the input",
      yaml: kim(rule("", "nodes/proxy", "get"))
        + "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: kube-system}\nspec: {containers: [{name: c, image: x}]}\n",
      goal: .node, way: nil),
    Case(
      name: "makes a bootstrap token and joins as a node",
      yaml: bootstrap + kim(rule("", "secrets", "create"), in: "kube-system"),
      goal: .nodeCredentials, way: ["make-bootstrap-token", "sign-node-certificate"]),
    Case(
      name: "a bootstrap token leads nowhere where nobody may join",
      yaml: kim(rule("", "secrets", "create"), in: "kube-system"), goal: .nodeCredentials, way: nil),
    Case(
      name: "Secrets of another namespace are no bootstrap tokens",
      yaml: bootstrap + kim(rule("", "secrets", "create"), in: "shop"), goal: .nodeCredentials, way: nil),
  ]

  @Test(arguments: cases + controllerCases + systemCases) func way(_ test: Case) {
    let graph = EscalationGraph(AccessProfile(RBACText.inventory(test.yaml)))
    let steps = graph.steps(from: test.from, graph.paths(to: test.goal))
    #expect(steps?.filter { !$0.technique.isMembership }.map(\.technique.id) == test.way)
  }

  @Test func oneGrantToEverybodyIsOneRow() {
    let inventory = RBACText.inventory(
      RBACText.bind("edit", to: "[{kind: Group, name: 'system:authenticated'}]", namespace: "team-a")
        + RBACText.bind("view", to: "[{kind: User, name: kim}]", namespace: "team-b")
        + RBACText.role("ClusterRole", "maker", "[\(Self.rule("", "secrets", "create"))]")
        + RBACText.bind("maker", to: "[{kind: User, name: sam}]"))
    let review = AccessReview(AccessProfile(inventory))
    func row(_ subject: AccessSubject) -> AccessReview.Row? { review.rows.first { $0.subject == subject } }
    #expect(row(.user("kim"))?.grade == "B")
    #expect(row(.group("system:authenticated"))?.exposures.isEmpty == false)
    // What the group's rights complete is a risk of who brings the other half.
    #expect(row(.user("sam"))?.exposures.contains { $0.risk.id == "rbac-mint-tokens-by-secret" } == false)
  }

  /// A right to one named object is graded by where it leads.
  @Test func aNameThatLeadsSomewhereIsNoGoodGrade() {
    func row(_ yaml: String) -> AccessReview.Row? {
      AccessReview(AccessProfile(RBACText.inventory(Self.root + Self.guarded + yaml))).rows.first {
        $0.subject == .user("kim")
      }
    }
    let token =
      "apiVersion: v1\nkind: Secret\nmetadata: {name: t, namespace: ops, annotations: {kubernetes.io/service-account.name: root}}\ntype: kubernetes.io/service-account-token\n---\n"
    let leads = row(token + Self.kim(Self.rule("", "secrets", "get", "t"), in: "ops"))
    #expect(leads?.grade == "D" && leads?.stepsToClusterAdmin == 3)
    #expect(row(Self.kim(Self.rule("", "secrets", "get", "t"), in: "ops"))?.grade == "B")
  }

  @Test func aRoleBindingGrantsNothingOfTheCluster() {
    let inventory = RBACText.inventory(
      RBACText.role(
        "ClusterRole", "wide",
        "[\(Self.rule("", "nodes, persistentvolumes", "create, update, delete")), \(Self.rule("", "users, groups", "impersonate")), \(Self.rule(Self.rbac, "clusterroles, clusterrolebindings", "create, escalate, bind")), \(Self.rule("", "namespaces", "patch"))]"
      ) + RBACText.bind("wide", to: "[{kind: User, name: kim}]", namespace: "team"))
    let profile = AccessProfile(inventory)
    #expect(profile.exposures(ofBinding: 0).map(\.risk.id) == ["rbac-patch-namespaces"])
  }
}
