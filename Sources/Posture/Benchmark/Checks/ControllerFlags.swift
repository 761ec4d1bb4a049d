import Bytes
import Kube

/// Sections 1.3 and 1.4: the controller manager and the scheduler.
enum ControllerFlags {
  static let checks: [BenchmarkCheck] = [
    .flag(
      "1.3.1", "Terminated pods are cleared away", "--terminated-pod-gc-threshold is given and above 0",
      .controllerManager,
      "terminated-pod-gc-threshold", .positive, remedy: "terminated-pod-gc-threshold=500"),
    .flag(
      "1.3.2", "Profiling is off", "--profiling=false", .controllerManager, "profiling", .equals("false"),
      standard: "true"),
    .flag(
      "1.3.3", "Each controller has an account of its own", "--use-service-account-credentials=true",
      .controllerManager,
      "use-service-account-credentials", .equals("true"), standard: "false"),
    .flag(
      "1.3.4", "Own key for service account tokens", "--service-account-private-key-file is given", .controllerManager,
      "service-account-private-key-file", .given,
      remedy: "service-account-private-key-file=/etc/kubernetes/pki/sa.key"),
    .flag(
      "1.3.5", "Pods can verify the API server", "--root-ca-file is given", .controllerManager, "root-ca-file", .given,
      remedy: "root-ca-file=/etc/kubernetes/pki/ca.crt"),
    BenchmarkCheck(
      "1.3.6", "Kubelets' server certificates may be rotated",
      "the feature gate RotateKubeletServerCertificate is not off",
      node: { node in
        node.judge(
          .controllerManager, remedy: .flag(.controllerManager, "feature-gates=RotateKubeletServerCertificate=true")
        ) { arguments, source in
          let gates = arguments.list("feature-gates")
          let isOn = arguments.gate("RotateKubeletServerCertificate", stage: "Beta") ?? true
          return (
            isOn, [BenchmarkEvidence(place: source.text, name: "--feature-gates", value: gates?.joined(separator: ","))]
          )
        }
      }),
    bound("1.3.7", .controllerManager),
    profiling,
    bound("1.4.2", .scheduler),
  ]

  /// With a configuration file the scheduler ignores the flag. Source: its `--profiling`, `KubeSchedulerConfiguration` v1.
  private static let profiling = BenchmarkCheck(
    "1.4.1", "Profiling is off", "--profiling=false, or enableProfiling: false in its configuration",
    node: { node in
      if let verdict = node.exemption(.scheduler) { return verdict }
      return node.comparing(.scheduler) { node in
        guard let (arguments, source) = node.commands(.scheduler).first else {
          return BenchmarkVerdict(.notEvaluated(.unread(.notCollected)))
        }
        let evidence: BenchmarkEvidence
        let remedy: BenchmarkRemedy
        if let path = arguments.path("config") {
          switch node.document(path) {
          case .unread(let reason, _): return BenchmarkVerdict(.notEvaluated(.unread(reason)))
          case .absent: return BenchmarkVerdict(.notEvaluated(.unread(.vanished)))
          case .read(let document, let source):
            evidence = BenchmarkEvidence(
              place: source.text, name: "enableProfiling", value: document["enableProfiling"]?.text)
            remedy = .text("in \(path): enableProfiling: false")
          }
        } else {
          evidence = BenchmarkEvidence(
            place: source.text, name: "--profiling", value: arguments.value("profiling"))
          remedy = .flag(.scheduler, "profiling=false")
        }
        return ValueRule.equals("false").accepts(evidence.value ?? "true")
          ? BenchmarkVerdict(.pass, [evidence]) : BenchmarkVerdict(.fail, [evidence], remedy: remedy)
      }
    })

  /// A component that is not told where to listen does so everywhere: kube-bench's definitions pass it all the same.
  private static func bound(_ key: String, _ component: NodeComponent) -> BenchmarkCheck {
    .flag(
      key, "Listens on the loopback interface only", "--bind-address=127.0.0.1", component, "bind-address",
      .equals("127.0.0.1"), standard: "0.0.0.0")
  }
}
