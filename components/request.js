function queryOf(request) {
  const parts = [];
  for (const name in request.querystring) {
    const given = request.querystring[name];
    const all = given.multiValue || [given];
    for (let i = 0; i < all.length; i++) {
      parts.push(all[i].value === '' ? name : name + '=' + all[i].value);
    }
  }
  return parts.length > 0 ? '?' + parts.join('&') : '';
}

function movedTo(uri) {
  if (moved[uri] !== undefined) {
    return moved[uri];
  }
  for (let i = 0; i < movedBelow.length; i++) {
    if (uri.startsWith(movedBelow[i][0])) {
      return movedBelow[i][1].split('*').join(uri.slice(movedBelow[i][0].length));
    }
  }
  return '';
}

function mayShow(request) {
  if (hosts.length === 0 || !request.headers.referer || request.headers.referer.value === '') {
    return true;
  }
  const found = /^https?:\/\/([^\/:?#]+)/.exec(request.headers.referer.value.toLowerCase());
  if (!found) {
    return false;
  }
  for (let i = 0; i < hosts.length; i++) {
    if (hosts[i] === found[1] || hosts[i].startsWith('*.') && found[1].endsWith(hosts[i].slice(1))) {
      return true;
    }
  }
  return false;
}

function withoutFolder(uri) {
  for (let i = 0; i < folders.length; i++) {
    // The folder itself stays: "/" would be another thing to ask a bucket for.
    if (uri.startsWith(folders[i]) && uri.length > folders[i].length) {
      return uri.slice(folders[i].length - 1);
    }
  }
  return uri;
}

async function handler(event) {
  const request = event.request;
  if (robots !== '' && request.uri === '/robots.txt') {
    return {statusCode: 200, statusDescription: 'OK', headers: {'content-type': {value: 'text/plain; charset=utf-8'}}, body: robots};
  }
  if (!mayShow(request)) {
    return {statusCode: 403, statusDescription: 'Forbidden', headers: {'content-type': {value: 'text/plain; charset=utf-8'}}, body: 'These images are not for other pages.\n'};
  }
  const target = movedTo(request.uri);
  if (target !== '') {
    return {statusCode: 301, statusDescription: 'Moved Permanently', headers: {location: {value: target + queryOf(request)}}};
  }
  request.uri = withoutFolder(request.uri);
  if (lowerCase) {
    request.uri = request.uri.toLowerCase();
  }
  return own ? own(event) : request;
}
