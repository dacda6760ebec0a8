"""PyPI `authing` 4, whose clients are in `authing.v2`."""

from importlib.metadata import version

from authing.v2.authentication import AuthenticationClient, AuthenticationClientOptions
from authing.v2.management import ManagementClient, ManagementClientOptions


def opened(place):
    app, host, key = place['app'], place['host'], place['key']

    def client(w=None):
        return AuthenticationClient(AuthenticationClientOptions(
            app_id=app, app_host=host, enc_public_key=key, token=(w or {}).get('login'), secret=place['secret'], redirect_uri=place['callback'],
            token_endpoint_auth_method='client_secret_post', introspection_endpoint_auth_method='client_secret_post',
            revocation_endpoint_auth_method='client_secret_post'))

    admin = ManagementClient(ManagementClientOptions(user_pool_id=place['pool'], secret=place['poolSecret'], host=host, enc_public_key=key))

    def logged(user):
        return {'user': user['id'], 'login': user['token']}

    def good(answer):
        if answer.get('code') != 200:
            raise ValueError(answer)
        return answer.get('data')

    def tokens(answer):
        named = {'access': 'access_token', 'id': 'id_token', 'refresh': 'refresh_token'}
        return {ours: answer[theirs] for ours, theirs in named.items() if answer.get(theirs)}

    def session(w):
        answer = client().track_session()
        return answer['session'] and answer['userInfo']['id']

    def kicked(w):
        if admin.users.kick([w['user']]) is not True:
            raise ValueError('not kicked')

    def authorize(w):
        it = client()
        verifier = it.generate_code_challenge()
        digest = it.generate_code_challenge_digest(verifier, 'S256')
        url = it.build_authorize_url(
            redirect_uri=place['callback'], scope='openid profile offline_access', state=w['state'], code_challenge=digest,
            code_challenge_method='S256')
        return {'url': url, 'verifier': verifier}

    def cas(w):
        it = client()
        it.options.protocol = 'cas'
        return it.build_logout_url(redirect_uri=w['to'])

    calls = {
        'logIn': {
            'login_by_username': {'gives': ['login'], 'run': lambda w: logged(client().login_by_username(w['account'], w['password']))},
            'login_by_email': {'gives': ['login'], 'run': lambda w: logged(client().login_by_email(w['email'], w['password']))},
            'login_by_phone_password': {'gives': ['login'], 'run': lambda w: logged(client().login_by_phone_password(w['phone'], w['password']))},
        },
        'currentUser': {
            'get_current_user': {'needs': ['login'], 'run': lambda w: (client(w).get_current_user() or {}).get('id')},
            'get_user_info_by_access_token': {
                'needs': ['access'], 'run': lambda w: client().get_user_info_by_access_token(w['access']).get('sub')},
        },
        'loginStatus': {
            'check_login_status': {'needs': ['login'], 'run': lambda w: client(w).check_login_status()['status']},
            'check_login_status(token)': {'needs': ['login'], 'run': lambda w: client().check_login_status(w['login'])['status']},
            'introspect_token': {'needs': ['access'], 'run': lambda w: client().introspect_token(w['access'])['active']},
            'validate_token(access)': {'needs': ['access'], 'run': lambda w: 'sub' in client().validate_token(access_token=w['access'])},
            'validate_token(id)': {'needs': ['id'], 'run': lambda w: 'sub' in client().validate_token(id_token=w['id'])},
        },
        'trackSession': {'track_session': {'needs': ['cookie'], 'run': session}},
        'renew': {
            'refresh_token': {'needs': ['login'], 'run': lambda w: {'login': client(w).refresh_token()['token']}},
            'get_new_access_token_by_refresh_token': {
                'needs': ['refresh'], 'run': lambda w: tokens(client().get_new_access_token_by_refresh_token(w['refresh']))},
        },
        'logOutLink': {
            'build_logout_url()': {'needs': ['cookie'], 'run': lambda w: client().build_logout_url(redirect_uri=w['to'])},
            'build_logout_url(expert)': {
                'needs': ['cookie', 'id'], 'run': lambda w: client().build_logout_url(expert=True, redirect_uri=w['to'], id_token=w['id'])},
            'build_logout_url() of CAS': {'needs': ['cookie'], 'run': cas},
        },
        'logOut': {
            'logout': {'needs': ['login'], 'run': lambda w: client(w).logout()},
            'revoke_token(access)': {'needs': ['access'], 'reaches': ['access'], 'run': lambda w: client().revoke_token(w['access'])},
            'revoke_token(refresh)': {
                'needs': ['refresh'], 'reaches': ['access', 'refresh'], 'run': lambda w: client().revoke_token(w['refresh'])},
        },
        'adminToken': {'tokenProvider.getAccessToken': {'run': lambda w: admin.tokenProvider.getAccessToken()}},
        'activeUsers': {'applications.active_users': {
            'run': lambda w: [user['id'] for user in good(admin.applications.active_users(app, 1, 50))['list']]}},
        'adminStatus': {
            'users.check_login_status': {'run': lambda w: good(admin.users.check_login_status(w['user']))['isLogin']},
            'users.check_login_status(app)': {'run': lambda w: good(admin.users.check_login_status(w['user'], app))['isLogin']},
        },
        'kick': {
            'users.kick': {'run': kicked},
            'users.logout': {'run': lambda w: good(admin.users.logout(w['user']))},
            'users.logout(app)': {'run': lambda w: good(admin.users.logout(w['user'], app))},
        },
        'codeFlow': {
            'build_authorize_url': {'run': authorize},
            'get_access_token_by_code': {'run': lambda w: tokens(client().get_access_token_by_code(w['code'], w['verifier']))},
        },
    }
    return 'authing %s (PyPI)' % version('authing'), calls
