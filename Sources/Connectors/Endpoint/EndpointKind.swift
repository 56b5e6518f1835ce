package import ConnectorKit
package import IdentityCore
internal import JSONQuery

/// Any HTTP endpoint that answers in JSON, as a roster, a provider, or both.
///
/// Places are JSON Pointers (`/data`, RFC 6901) or JSONPath queries (`$.data[*]`, RFC 9535).
package struct EndpointKind: SourceKind {
  package let word = "json"
  package let address = SourceAddress.required
  package let readsGroups = true
  package let inventory = StatedDoors.allCases.map(\.row)
  package let example = """
    directory:
      kind: json
      url: https://api.acme.com
      path: /v1/people                 # may have {{team}} and names of variables
      # method: POST, query: {…}, headers: {…}, body: {…} or text, accept: …, variables: {…}
      auth: { kind: bearer, token: env:DIRECTORY_TOKEN }
      # basic: user, password · header, query: name, value · aws-sigv4: region, service, access_key_id, secret_access_key
      # mtls: certificate, private_key (files), passphrase · hmac-duo-v5: integration_key, secret_key
      # login: path, user, password, token: /access_token, expires: /expires_in, body: {…}, body_format: json|form, header, prefix
      # oauth2_client_credentials: token_url, client_id, client_secret, client_auth: basic|post, body: form|json, scope, audience, extra
      items: /data                     # items_by_key: true where it is an object of people
      total: /meta/total               # optional; what came must be as many
      error_path: /error               # optional; makes a 200 a failure
      paging: { style: cursor, param: after, next: /meta/next, size_param: limit, size: 100 }
      # none · link · next_url: next or next_header · cursor: param, next or next_header, more, first · page: param, start, stop: empty|total|pages
      # offset: param, start · keyset: param, field · token_in_body: next, body_pointer
      # max_pages: 10000, max_items: …, rate_headers: ietf|github|okta|auth0|onelogin|none
      fields:
        id: /uid
        email: { path: /mail, transform: [trim, lower] }
        active: { path: /state, transform: { map: { ACTIVE: true, "*": false } } }
        # name: { compose: "{{/first}} {{/last}}" }
        groups: /teams                 # team, role, federated, platform_mfa as a roster; enrolled, factors, login, emails, name
      mfa:
        meaning: enforcement           # or enforcement-rules, enrolment
        app: "*"                       # or app_path, app_values
        value_path: /security/mfa/policy
        evidence_path: /security/mfa/policy_id
        values: { REQUIRED: enforced, OPTIONAL: not-enforced }
        # rules: [ { when: { group: contractors }, verdict: not-enforced, reason: … }, { when: always, verdict: enforced } ]
      # join: { path: /v1/policies, items: /policies, key: /id, on: /policy_ref, absent: unknown|no }   then from: join
      # detail: { path: "/v1/people/{{id}}/mfa", cap: 500, url: …, auth: {…} }                          then from: detail
    """
  package let card = SourceCard(
    title: "Any HTTP endpoint with JSON", roles: [.roster, .provider],
    proves: [
      "who is on a team, as the endpoint says",
      "what a policy field demands of every person, by the table or rules that the operator writes",
    ],
    conditional: ["values and rules that the operator declares conditional"],
    cannotTell: [
      "values that are missing, null or not listed", "anything where only enrolment is told",
    ],
    rights: ["reading the lists configured"],
    requests:
      "a page for each so many rows; one list more with join; one request a watched person with detail"
  )

  package init() {}

  package func configure(_ keys: any SourceKeys) -> SourceMaker? {
    let hasAuth = keys.names.contains("auth")
    let section = keys.mapping("auth")
    let auth = AuthParser.maker(section)
    let parsed = EndpointParser(keys: keys).plan()
    guard let (made, remote) = parsed, let auth, !hasAuth || section != nil else { return nil }
    let (url, detailAuth) = (remote.url, remote.auth)
    return { context in
      var plan = made
      plan.detail?.url = try url.map { try context.url($0) }
      plan.name = context.name
      plan.url = context.url
      plan.maxConcurrent = context.maxConcurrent
      plan.rateShare = context.rateShare
      plan.vouches = context.vouches
      return EndpointConnector(
        plan: plan, auth: try auth(context), detailAuth: try detailAuth.map { try $0(context) },
        transport: context.transport, clock: context.clock,
        logger: context.logger)
    }
  }
}
