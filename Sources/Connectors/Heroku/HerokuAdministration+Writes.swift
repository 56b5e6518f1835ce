internal import ConnectorKit
internal import CurlTransport
internal import Foundation
internal import IdentityCore
internal import JSONQuery

extension HerokuConnector {
  /// Makes one write, with a request id of its own.
  func perform(
    _ change: TeamChange, on state: TeamState
  ) async throws(WriteFailure) -> WriteReceipt {
    let id = UUID().uuidString.lowercased()
    do throws(ConnectorError) {
      let response = try await client.send(request(for: change, on: state, id))
      return WriteReceipt(requestID: response.requestID ?? id)
    } catch {
      throw WriteFailure(fate: Self.fate(error), error: error, requestID: id)
    }
  }

  private func request(
    for change: TeamChange, on state: TeamState, _ id: String
  ) throws(ConnectorError) -> HTTPRequest {
    let team = state.team
    func person(_ email: String, _ role: TeamRole) -> JSONValue {
      .object(["email": .string(email), "role": .string(role.rawValue)])
    }
    func names(_ permissions: PermissionSet) -> JSONValue {
      .array(permissions.withView.names.map { .string($0) })
    }
    switch change {
    case .addMember(let email, let role):
      return client.write(
        .put, "/teams/{team}/members", [team], person(email, role), requestID: id)
    case .setRole(let email, let role):
      return client.write(
        .patch, "/teams/{team}/members", [team], person(email, role), requestID: id)
    case .removeMember(let email):
      return client.write(
        .delete, "/teams/{team}/members/{member}", [team, email], requestID: id)
    case .invite(let email, let role):
      return invitation(
        client.write(
          .put, "/teams/{team}/invitations", [team], person(email, role), requestID: id))
    case .revokeInvitation(let email):
      return invitation(
        client.write(
          .delete, "/teams/{team}/invitations/{invitation}", [team, email], requestID: id))
    case .setLock(let app, let isLocked):
      return client.write(
        .patch, "/teams/apps/{app}", [app], .object(["locked": .bool(isLocked)]), requestID: id)
    case .grant(let app, let email, let permissions?):
      return client.write(
        .post, "/teams/apps/{app}/collaborators", [app],
        .object(["user": .string(email), "permissions": names(permissions)]), requestID: id)
    case .grant(let app, let email, nil):
      return client.write(
        .post, "/apps/{app}/collaborators", [app], .object(["user": .string(email)]), requestID: id)
    case .join(let app, let email):
      return client.write(
        .post, "/teams/apps/{app}/collaborators", [app], .object(["user": .string(email)]),
        requestID: id)
    case .setAccess(let app, let email, let permissions):
      return client.write(
        .patch, "/teams/apps/{app}/collaborators/{person}", [app, email],
        .object(["permissions": names(permissions)]), requestID: id)
    case .removeAccess(let app, let email):
      return client.write(
        .delete, "/apps/{app}/collaborators/{person}", [app, email], requestID: id)
    case .createApp, .removeApp:
      throw ConnectorError(
        .configuration, source: name, call: "",
        message: "Apps of Heroku are made and deleted there.")
    }
  }

  private func invitation(_ request: HTTPRequest) -> HTTPRequest {
    var request = request
    request.headers.set("Accept", Self.invitationsAccept)
    return request
  }

  /// Whether a write may have been made although no good answer came.
  static func fate(_ error: ConnectorError) -> WriteFailure.Fate {
    switch error.code {
    // Gone already, by somebody else's hand or a lost answer to ours, or never there: a look tells.
    case .notFound where error.call.hasPrefix("DELETE "): return .unknown
    // Answered with no, or never sent.
    case .unauthorised, .forbidden, .notFound, .rateLimited, .refused, .configuration, .tls,
      .unreachable:
      return .notMade
    // A failing server may have done it before it failed; a lost answer says nothing.
    case .serverError, .malformed, .notJSON, .truncated, .duplicateIDs, .cursorLoop, .foreignLink,
      .paging, .tooLarge, .timeout, .contradiction, .cancelled, .transport:
      return .unknown
    }
  }
}
