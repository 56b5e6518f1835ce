package import CurlTransport

/// What requests of one source prove themselves with.
package protocol CredentialSource: Sendable {
  /// The credential in force; asks for one first if there is none.
  func current() async throws(ConnectorError) -> Credential

  /// Another credential, after one was refused in the middle of a run.
  ///
  /// - Returns: nil when there is no other to be had; the refusal then stands.
  func renewed(after refused: Credential) async throws(ConnectorError) -> Credential?
}

/// A credential and how many there were before it.
package struct Credential: Sendable {
  package let authorization: Authorization?
  package let generation: Int

  package init(authorization: Authorization?, generation: Int) {
    self.authorization = authorization
    self.generation = generation
  }
}

/// A token that stays the same for ever.
package struct FixedCredential: CredentialSource {
  package let authorization: Authorization?

  package init(authorization: Authorization?) {
    self.authorization = authorization
  }

  package func current() async throws(ConnectorError) -> Credential {
    Credential(authorization: authorization, generation: 0)
  }

  package func renewed(after refused: Credential) async throws(ConnectorError) -> Credential? {
    nil
  }
}
