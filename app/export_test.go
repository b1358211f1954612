package app

// SystemPlaces lets tests see the places of systems that they do not run on.
var SystemPlaces = systemPlaces
