/// What ties alerts to one hand. Things that everybody shares (the address of a gateway, an account of the control plane,
/// a pod that two people look into) tie nothing; that a name occurs in two alerts is not enough.
package enum AlertLink: Sendable, Hashable {
  /// Somebody whose account is theirs alone, wherever they come from.
  case person(Entity)
  /// An account that several use (members of system:masters, nodes, the control plane), from one address.
  case session(Entity, address: String)
  /// A pod, by the token that is bound to it.
  case pod(Entity)
  /// A service account whose token is bound to no pod.
  case outside(Entity)
  case address(String)
  /// A token, by the id that the API server gave it.
  case credential(String)
  /// Rights that were given to an account.
  case rights(Entity)
}
