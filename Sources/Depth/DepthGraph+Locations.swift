import Access
package import Findings
import Kube
import Reach

extension DepthGraph {
  /// Where in the input stands what a step rests on; nil where no object makes it possible.
  package func location(of step: DepthStep) -> Location? {
    for edge in step.edges {
      switch edges[edge].evidence {
      case .escalation(let index), .guarded(let index, _):
        if let binding = escalationSteps[index].binding {
          let location = input.inventory.bindings[binding].object.location
          if !location.file.isEmpty { return location }
        }
      case .granted(let binding), .removal(let binding):
        let location = input.inventory.bindings[binding].object.location
        if !location.file.isEmpty { return location }
      default: break
      }
    }
    let workload: Int?
    switch step.proof {
    case .escape(let index, _), .confinement(let index), .token(let index), .givenSecret(let index, _),
      .image(let index, _), .sharedProcesses(let index), .placement(let index, _), .nodeNetwork(let index),
      .keysOfNode(let index, _):
      workload = index
    case .unknownRole(let binding): return input.inventory.bindings[binding].object.location
    case .entryPoint(let index): return exposure.entryPoints[index].location
    case .connection(_, let target, _, _, _): return input.reach.cluster[target].location
    default: workload = nil
    }
    return workload.map { workloads[$0].object.location }
  }
}
