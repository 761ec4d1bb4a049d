/// Types of the API group `discovery.k8s.io`, as `APITypes` reads them. Written by `scripts/api-types` from k8s.io/api v0.36.2.
enum DiscoveryTypes {
  static let v1 = """
    Endpoint
     addresses []string set
     conditions EndpointConditions ?
     hostname *string ?
     targetRef *core/v1.ObjectReference ?
     deprecatedTopology {}string ?
     nodeName *string ?
     zone *string ?
     hints *EndpointHints ?
    EndpointConditions
     ready *bool ?
     serving *bool ?
     terminating *bool ?
    EndpointHints
     forZones []ForZone ?
     forNodes []ForNode ?
    EndpointPort atomic
     name *string ?
     protocol *string ?
     port *int32 ?
     appProtocol *string ?
    EndpointSlice
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     addressType string
     endpoints []Endpoint
     ports []EndpointPort
    ForNode
     name string
    ForZone
     name string
    """
}
