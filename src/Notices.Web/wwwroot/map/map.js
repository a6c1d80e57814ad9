// Draws what /feeds/notices.geojson says of the places in the list beside it. Without this file the list says all there is to say.
(function () {
  'use strict';
  var frame = document.getElementById('map');
  var words = frame.dataset;
  var note = document.getElementById('map-note');

  function say(text) {
    note.textContent = text;
    note.hidden = !text;
  }

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  // The list says how supply stands; what is not in it is over.
  function lineOf(feature) {
    return document.getElementById(feature.properties.identifier);
  }

  function look(feature) {
    var off = lineOf(feature).dataset.state === 'off';
    return { color: colour(off ? '--alert' : '--wait'), weight: 2, dashArray: off ? null : '6 4', fillOpacity: off ? 0.35 : 0.15 };
  }

  // Built of nodes, not of markup: names and headlines are other people's words.
  function told(feature) {
    var box = document.createElement('div');
    var place = document.createElement('strong');
    var link = document.createElement('a');
    place.textContent = feature.properties.place;
    link.textContent = feature.properties.headline;
    link.href = lineOf(feature).querySelector('a').href;
    box.append(place, document.createElement('br'), link);
    return box;
  }

  function draw(found) {
    var features = found.features.filter(lineOf);
    var drawn = features.filter(function (feature) { return feature.geometry; });
    if (drawn.length === 0) {
      frame.hidden = true;
      say(features.length ? words.unknown : '');
      return;
    }

    frame.hidden = false;
    // Without pictures below, few enough places bear their names.
    var named = !words.tiles && drawn.length <= 15;
    var map = L.map(frame, { attributionControl: !!words.attribution, keyboard: true });
    if (words.attribution) map.attributionControl.setPrefix(false);
    if (words.tiles) {
      var credit = document.createElement('span');
      credit.textContent = words.attribution || '';
      L.tileLayer(words.tiles, { maxZoom: 18, attribution: credit.innerHTML }).addTo(map);
    }

    var layer = L.geoJSON(drawn, {
      style: look,
      pointToLayer: function (feature, at) { return L.circleMarker(at, { radius: 9 }); },
      onEachFeature: function (feature, shape) {
        var name = document.createElement('span');
        name.textContent = feature.properties.place;
        shape.bindPopup(told(feature));
        shape.bindTooltip(name, named ? { permanent: true, direction: 'center', className: 'name' } : {});
      }
    }).addTo(map);
    map.fitBounds(layer.getBounds(), { padding: [24, 24], maxZoom: 15 });
    say(drawn.length < features.length ? words.some : '');
  }

  say(words.loading);
  fetch(words.feed)
    .then(function (answer) { if (!answer.ok) throw new Error(answer.status); return answer.json(); })
    .then(draw)
    .catch(function () { frame.hidden = true; say(words.failed); });
}());
