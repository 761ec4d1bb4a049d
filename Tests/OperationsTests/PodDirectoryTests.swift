import Bytes
import Events
import Findings
import Kube
import Operations
import TestKit
import Testing

/// Events are joined with what a snapshot says of whom they name.
@Suite struct PodDirectoryTests {
  private static let cluster = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: cart, namespace: shop}
    spec:
      template:
        spec: {serviceAccountName: cart, containers: [{name: app, image: "registry.example.org/cart:1"}]}
    ---
    apiVersion: apps/v1
    kind: ReplicaSet
    metadata:
      name: cart-57b8dd7fbc
      namespace: shop
      ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: cart, uid: d1, controller: true}]
    ---
    apiVersion: v1
    kind: Pod
    metadata:
      name: cart-57b8dd7fbc-5lqpt
      namespace: shop
      uid: p1
      ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: cart-57b8dd7fbc, uid: r1, controller: true}]
    spec:
      serviceAccountName: cart
      nodeName: node-3
      containers: [{name: app, image: "registry.example.org/cart:1"}]
    status:
      phase: Running
      podIP: 10.1.0.7
      containerStatuses:
        - name: app
          imageID: registry.example.org/cart@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: agent, namespace: shop}
    spec: {hostNetwork: true, serviceAccountName: shared, containers: [{name: a, image: a}, {name: b, image: b}]}
    status: {phase: Running, podIP: 10.0.0.3}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: other, namespace: shop}
    spec: {serviceAccountName: shared, containers: [{name: a, image: a}]}
    status: {phase: Running, podIP: 10.1.0.9}
    """

  private static func event(_ user: String, _ address: String, pod: String? = nil) -> Event {
    var options = DecodeOptions()
    options.directory = PodDirectory(Fixtures.snapshot(cluster))
    let extra = pod.map { #","extra":{"authentication.kubernetes.io/pod-name":["\#($0)"]}"# } ?? ""
    let line =
      #"{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"1","stage":"ResponseComplete","verb":"get","requestURI":"/","user":{"username":"\#(user)"\#(extra)},"sourceIPs":["\#(address)"]}"#
    let batch = EventDecoder.decode(Array((line + "\n").utf8), options: options)
    return batch[0]
  }

  private static let cart = "system:serviceaccount:shop:cart"

  @Test func requestOfAPod() throws {
    let event = Self.event(Self.cart, "10.1.0.7")
    #expect(event.text(.kubernetesPodName) == "cart-57b8dd7fbc-5lqpt" && event.text(.kubernetesNodeName) == "node-3")
    #expect(event.text(.kubernetesOwnerKind) == "Deployment" && event.text(.kubernetesOwnerName) == "cart")
    #expect(event.text(.containerImageName) == "registry.example.org/cart:1")
    #expect(event.text(.containerImageHashAll)?.hasPrefix("sha256:aaaa") == true)
    #expect(event.text(.kubernetesNamespace) == "shop" && event.text(.kubernetesPodUid) == "p1")
    let query = try CompiledQuery(
      "kubernetes.owner.name: cart and kubernetes.node.name: node-3 and kubernetes.pod.name: cart*",
      now: Timestamp(nanoseconds: 0))
    #expect(query.matches(event))
  }

  /// Whoever holds the token need not be in the pod.
  @Test func tokenFromElsewhere() throws {
    let event = Self.event(Self.cart, "198.51.100.7")
    #expect(event.text(.kubernetesPodName) == nil && event.text(.kubernetesNodeName) == nil)
    #expect(event.text(.kubernetesOwnerName) == "cart")
  }

  /// A pod that came after the snapshot is of the workload whose name it bears; where it runs is unknown.
  @Test func laterPod() throws {
    let event = Self.event(Self.cart, "10.1.0.50", pod: "cart-6f9d8c7b5-x2z4q")
    #expect(event.text(.kubernetesOwnerKind) == "Deployment" && event.text(.kubernetesOwnerName) == "cart")
    #expect(event.text(.kubernetesPodName) == "cart-6f9d8c7b5-x2z4q" && event.text(.kubernetesNodeName) == nil)
  }

  @Test func sharedAccountAndAddressOfTheHost() throws {
    let event = Self.event("system:serviceaccount:shop:shared", "10.0.0.3")
    #expect(event.text(.kubernetesPodName) == nil && event.text(.kubernetesOwnerName) == nil)
    #expect(event.text(.kubernetesNamespace) == "shop")
    let person = Self.event("jane", "203.0.113.9")
    #expect(person.text(.kubernetesNamespace) == nil)
  }

  /// The image of which of several containers it was is not guessed.
  @Test func severalContainers() throws {
    let event = Self.event("system:serviceaccount:shop:shared", "203.0.113.9", pod: "agent")
    #expect(event.text(.kubernetesPodName) == "agent" && event.text(.containerImageName) == nil)
  }

  /// What somebody comes from is told of others, too.
  @Test func addressOfAPodForAPerson() throws {
    let event = Self.event("jane", "10.1.0.7")
    #expect(event.text(.sourceKubernetesPodName) == "cart-57b8dd7fbc-5lqpt" && event.text(.kubernetesPodName) == nil)
  }
}
