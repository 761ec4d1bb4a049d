/// Types of the API group `node.k8s.io`, as `APITypes` reads them. Written by `scripts/api-types` from k8s.io/api v0.36.2.
enum NodeTypes {
  static let v1 = """
    Overhead
     podFixed {}Quantity ?
    RuntimeClass
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     handler string
     overhead *Overhead ?
     scheduling *Scheduling ?
    Scheduling
     nodeSelector {}string ? atomic
     tolerations []core/v1.Toleration ?
    """
}
