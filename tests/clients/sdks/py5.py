"""PyPI `authing` 5."""

from importlib.metadata import version

from authing import AuthenticationClient, ManagementClient


def opened(place):
    app, host = place['app'], place['host']

    def client(w=None):
        return AuthenticationClient(
            app_id=app, app_host=host, app_secret=place['secret'], redirect_uri=place['callback'], access_token=(w or {}).get('access'))

    admin = ManagementClient(access_key_id=place['pool'], access_key_secret=place['poolSecret'], host=host)
    options = {'scope': 'openid profile offline_access'}

    def good(answer):
        if answer.get('statusCode') != 200:
            raise ValueError(answer)
        return answer.get('data')

    def tokens(answer):
        named = {'access': 'access_token', 'id': 'id_token', 'refresh': 'refresh_token'}
        return {ours: answer[theirs] for ours, theirs in named.items() if answer.get(theirs)}

    def authorize(w):
        it = client()
        verifier = it.generate_code_challenge()
        digest = it.generate_code_challenge_digest(verifier, 'S256')
        url = it.build_authorize_url(
            redirect_uri=place['callback'], scope=options['scope'], state=w['state'], code_challenge=digest, code_challenge_method='S256')
        return {'url': url, 'verifier': verifier}

    def protocol(name):
        it = client()
        it.protocol = name
        return it

    def listed(w):
        return [user['userId'] for user in good(admin.list_application_active_users(app, {'pagination': {'page': 1, 'limit': 50}}))['list']]

    def in_app(w):
        return any(one['appId'] == app and one['active'] for one in good(client(w).get_logged_in_apps()))

    def kicked(w):
        return good(admin.kick_users([app], w['user']))

    def kicked_by_name(w):
        return good(admin.kick_users([app], w['account'], {'userIdType': 'username'}))

    all_tokens = ['access', 'id', 'refresh']
    calls = {
        'logIn': {
            'sign_in_by_username_password': {
                'gives': all_tokens,
                'run': lambda w: tokens(good(client().sign_in_by_username_password(w['account'], w['password'], options)))},
            'sign_in_by_email_password': {
                'gives': all_tokens, 'run': lambda w: tokens(good(client().sign_in_by_email_password(w['email'], w['password'], options)))},
            'sign_in_by_phone_password': {
                'gives': all_tokens, 'run': lambda w: tokens(good(client().sign_in_by_phone_password(w['phone'], w['password'], options)))},
            'sign_in_by_account_password': {
                'gives': all_tokens,
                'run': lambda w: tokens(good(client().sign_in_by_account_password(w['account'], w['password'], options)))},
        },
        'currentUser': {
            'get_profile': {'needs': ['access'], 'run': lambda w: good(client(w).get_profile())['userId']},
            'get_user_info_by_access_token': {
                'needs': ['access'], 'run': lambda w: client().get_user_info_by_access_token(w['access']).get('sub')},
        },
        'loginStatus': {
            'introspect_token': {'needs': ['access'], 'run': lambda w: client().introspect_token(w['access'])['active']},
            'get_logged_in_apps': {'needs': ['access'], 'run': in_app},
        },
        'renew': {'get_new_access_token_by_refresh_token': {
            'needs': ['refresh'], 'run': lambda w: tokens(client().get_new_access_token_by_refresh_token(w['refresh']))}},
        'logOutLink': {
            'build_logout_url(id_token)': {
                'needs': ['cookie', 'id'], 'run': lambda w: client().build_logout_url(redirect_uri=w['to'], id_token=w['id'])},
            'build_logout_url() of OAuth': {'needs': ['cookie'], 'run': lambda w: protocol('oauth').build_logout_url(redirect_uri=w['to'])},
            'build_logout_url() of CAS': {'needs': ['cookie'], 'run': lambda w: protocol('cas').build_logout_url(redirect_uri=w['to'])},
        },
        'logOut': {
            'revoke_token(access)': {'needs': ['access'], 'reaches': ['access'], 'run': lambda w: client().revoke_token(w['access'])},
            'revoke_token(refresh)': {
                'needs': ['refresh'], 'reaches': ['access', 'refresh'], 'run': lambda w: client().revoke_token(w['refresh'])},
        },
        'adminToken': {'token_provider.get_access_token': {'run': lambda w: admin.http_client.token_provider.get_access_token()[0]}},
        'activeUsers': {'list_application_active_users': {'run': listed}},
        'adminStatus': {'check_session_status': {'run': lambda w: good(admin.check_session_status(app, w['user']))['active']}},
        'kick': {
            'kick_users': {'run': kicked},
            'kick_users by user name': {'run': kicked_by_name},
            'kick_public_accounts': {'run': lambda w: good(admin.kick_public_accounts([app], w['user']))},
        },
        'codeFlow': {
            'build_authorize_url': {'run': authorize},
            'get_access_token_by_code': {'run': lambda w: tokens(client().get_access_token_by_code(w['code'], w['verifier']))},
        },
    }
    return 'authing %s (PyPI)' % version('authing'), calls
