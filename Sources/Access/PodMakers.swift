/// Resources whose objects have pods made of them: whoever may write one chooses what runs in a namespace, and as which of its accounts.
///
/// A kind of a vendor is here if its object holds a template of pods, or containers with the name of an account, which its controller
/// starts. Sources: the API references of Kubernetes, OpenShift and of each project.
package enum PodMakers {
  /// Resources of one group.
  package struct Line: Sendable {
    package let group: String
    package let resources: [String]

    init(_ group: String, _ resources: String...) {
      self.group = group
      self.resources = resources
    }
  }

  /// A new one is a line here.
  package static let all: [Line] = [
    Line("apps", "deployments", "daemonsets", "statefulsets", "replicasets"), Line("batch", "jobs", "cronjobs"),
    Line("", "replicationcontrollers"),
    // OpenShift.
    Line("apps.openshift.io", "deploymentconfigs"), Line("build.openshift.io", "buildconfigs", "builds"),
    Line("shipwright.io", "builds", "buildruns"),
    // Argo: workflows, what starts them, and what those that run are made of.
    Line(
      "argoproj.io", "workflows", "cronworkflows", "workflowtemplates", "clusterworkflowtemplates", "rollouts",
      "experiments", "analysisruns", "sensors", "eventsources"),
    Line("numaflow.numaproj.io", "pipelines", "monovertices"),
    // Tekton.
    Line("tekton.dev", "taskruns", "pipelineruns", "tasks", "pipelines", "clustertasks"),
    Line("triggers.tekton.dev", "eventlisteners", "triggertemplates"),
    // Knative, KEDA and what serves models.
    Line("serving.knative.dev", "services", "configurations"), Line("sources.knative.dev", "containersources"),
    Line("keda.sh", "scaledjobs"), Line("serving.kserve.io", "inferenceservices", "servingruntimes"),
    Line("machinelearning.seldon.io", "seldondeployments"),
    // Batches and clusters of computation.
    Line("batch.volcano.sh", "jobs"), Line("flow.volcano.sh", "jobtemplates"), Line("jobset.x-k8s.io", "jobsets"),
    Line("leaderworkerset.x-k8s.io", "leaderworkersets"),
    Line(
      "kubeflow.org", "pytorchjobs", "tfjobs", "mpijobs", "xgboostjobs", "paddlejobs", "jaxjobs", "notebooks", "trials",
      "experiments"),
    Line("trainer.kubeflow.org", "trainjobs"), Line("ray.io", "rayclusters", "rayjobs", "rayservices"),
    Line("sparkoperator.k8s.io", "sparkapplications", "scheduledsparkapplications"),
    Line("spark.apache.org", "sparkapplications", "sparkclusters"),
    Line("flink.apache.org", "flinkdeployments"), Line("flinkoperator.k8s.io", "flinkclusters"),
    Line("kubernetes.dask.org", "daskclusters", "daskjobs"), Line("k6.io", "testruns", "k6s"),
    Line("camel.apache.org", "integrations", "pipes", "builds"),
    // Workloads of other kinds.
    Line(
      "apps.kruise.io", "clonesets", "statefulsets", "daemonsets", "broadcastjobs", "advancedcronjobs",
      "uniteddeployments",
      "sidecarsets"),
    Line("agones.dev", "gameservers", "gameserversets", "fleets"),
    Line("workspace.devfile.io", "devworkspaces", "devworkspacetemplates"),
    Line(
      "actions.github.com", "autoscalingrunnersets", "ephemeralrunners", "ephemeralrunnersets"),
    Line("actions.summerwind.dev", "runners", "runnerdeployments", "runnerreplicasets", "runnersets"),
    Line("tests.testkube.io", "tests"), Line("testworkflows.testkube.io", "testworkflows"),
    // Programs whose objects carry templates of pods.
    Line("monitoring.coreos.com", "prometheuses", "alertmanagers", "thanosrulers", "prometheusagents"),
    Line("opentelemetry.io", "opentelemetrycollectors"),
    Line("elasticsearch.k8s.elastic.co", "elasticsearches"), Line("kibana.k8s.elastic.co", "kibanas"),
    Line("beat.k8s.elastic.co", "beats"), Line("agent.k8s.elastic.co", "agents"),
    Line("logstash.k8s.elastic.co", "logstashes"), Line("rabbitmq.com", "rabbitmqclusters"),
    Line("k8s.keycloak.org", "keycloaks"), Line("gateway.envoyproxy.io", "envoyproxies"),
    Line("litmuschaos.io", "chaosengines"),
  ]

  /// Verbs by which one comes to be, or becomes another.
  package static let verbs = ["create", "update", "patch"]
}
