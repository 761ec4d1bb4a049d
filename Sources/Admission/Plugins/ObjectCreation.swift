package import Bytes
import Kube

/// A new object on its way from the request to the store, through the built-in plugins alone.
package enum ObjectCreation {
  /// The stored object, or the refusal that the client gets.
  package struct Outcome: Sendable {
    /// As it would be stored; as far as it came when it was refused.
    package var object: DocumentNode
    package var refusal: AdmissionRefusal?
    /// What could not be known, with the plugin that wanted to.
    package var unknown: [(plugin: String, reason: String)]
  }

  /// - Parameter request: a creation, whose object is as it was sent.
  package static func run(_ request: AdmissionRequest, _ cluster: AdmissionCluster) -> Outcome {
    var request = request
    request.object = ServerObject.decoded(request.object) ?? request.object
    var outcome = Outcome(object: request.object, refusal: nil, unknown: [])
    func take(_ answer: PluginAnswer, _ plugin: any BuiltInPlugin) -> Bool {
      switch answer {
      case .passed, .warned: return true
      case .refused(let refusal):
        outcome.refusal = refusal
        return false
      case .unknown(let reason):
        outcome.unknown.append((plugin.name, reason))
        return true
      }
    }
    for plugin in BuiltInPlugins.all {
      let goesOn = take(plugin.admit(&request, cluster), plugin)
      outcome.object = request.object
      if !goesOn { return outcome }
    }
    request.object = request.objectToStore
    outcome.object = request.object
    for plugin in BuiltInPlugins.all + BuiltInPlugins.last {
      guard take(plugin.validate(request, cluster), plugin) else { return outcome }
    }
    return outcome
  }
}
