extension SeededTexts.Language {
    static let english = Self(
        openings: [
            (.incident, "%@ does not start any more"), (.incident, "%@ shows error E%# after the update"),
            (.incident, "Nobody in the office can use the %@ since this morning"),
            (.request, "Please send a technician for the %@"), (.request, "We need a quote for a second %@"),
            (.complaint, "The repair of our %@ took far too long"), (.complaint, "Wrong invoice for the %@"),
            (.inquiry, "How do I reset the %@?"), (.inquiry, "Is the %@ still under warranty?"),
            (.feedback, "Thank you for the quick help with the %@"),
        ],
        details: [
            "It happened twice this week, always in the afternoon.", "The serial number is %#.",
            "We have restarted it several times, without success.",
            "A colleague has the same problem on another floor.",
            "The display is black, and the power light blinks red.", "There is a smell of burnt plastic near the fan.",
        ],
        closings: [
            "Please call me back today.", "Kind regards", "This is urgent for us, please hurry.", "Thanks a lot!",
        ],
        notes: [
            "Called the customer, asked for a photo of the error.", "Waiting for the spare part from the supplier.",
            "Talked to the workshop: they have an appointment on Thursday.",
        ],
        resolutions: [
            "Replaced the power supply and tested it for an hour.", "Reset to factory settings; works again.",
        ])

    static let german = Self(
        openings: [
            (.incident, "%@ lässt sich nicht mehr einschalten"), (.incident, "Fehler E%# an unserem %@"),
            (.request, "Bitte um einen Termin zur Wartung: %@"), (.request, "Angebot für einen weiteren %@ erbeten"),
            (.complaint, "Rechnung für %@ ist falsch"), (.inquiry, "Wie lange läuft die Gewährleistung des %@?"),
            (.feedback, "Danke für die schnelle Hilfe beim %@"),
        ],
        details: [
            "Das Gerät steht seit heute früh still.", "Die Seriennummer lautet %#.",
            "Wir haben es mehrmals neu gestartet, ohne Erfolg.", "Die Kollegen im Erdgeschoss haben dasselbe Problem.",
            "Es riecht verschmort, und der Lüfter dröhnt.",
        ],
        closings: ["Mit freundlichen Grüßen", "Bitte rufen Sie zurück.", "Es ist dringend!"],
        notes: ["Mit der Kundin telefoniert, sie schickt ein Foto.", "Ersatzteil bestellt, Lieferung am Donnerstag."],
        resolutions: [
            "Netzteil getauscht, eine Stunde geprüft.", "Auf Werkseinstellungen zurückgesetzt, läuft wieder.",
        ])

    static let french = Self(
        openings: [
            (.incident, "Le %@ ne démarre plus"), (.incident, "Erreur E%# sur notre %@"),
            (.request, "Merci d'envoyer un technicien pour le %@"), (.complaint, "Facture erronée pour le %@"),
            (.inquiry, "Le %@ est-il encore sous garantie ?"),
        ],
        details: [
            "L'appareil est arrêté depuis ce matin.", "Le numéro de série est %#.",
            "Nous l'avons redémarré plusieurs fois, sans succès.", "L'écran reste noir et le voyant clignote.",
        ],
        closings: ["Cordialement", "Merci de rappeler aujourd'hui."],
        notes: ["Client rappelé, il envoie une photo.", "Pièce commandée chez le fournisseur."],
        resolutions: ["Alimentation remplacée et vérifiée.", "Réinitialisé, tout fonctionne."])

    static let spanish = Self(
        openings: [
            (.incident, "El %@ ya no arranca"), (.incident, "Error E%# en nuestro %@"),
            (.request, "Envíen por favor un técnico para el %@"), (.complaint, "Factura equivocada del %@"),
            (.inquiry, "¿Cómo se reinicia el %@?"),
        ],
        details: [
            "El aparato está parado desde esta mañana.", "El número de serie es %#.",
            "Lo hemos reiniciado varias veces, sin éxito.", "La pantalla está negra y la luz parpadea.",
        ],
        closings: ["Un saludo", "Llámenme hoy, por favor."],
        notes: ["He llamado al cliente, enviará una foto.", "Repuesto pedido al proveedor."],
        resolutions: ["Fuente de alimentación cambiada y probada.", "Restablecido; funciona de nuevo."])

    static let polish = Self(
        openings: [
            (.incident, "%@ nie chce się uruchomić"), (.request, "Proszę o przegląd: %@"),
            (.complaint, "Błędna faktura za %@"), (.inquiry, "Czy %@ jest jeszcze na gwarancji?"),
        ],
        details: ["Urządzenie stoi od rana.", "Numer seryjny to %#.", "Wyświetlacz jest czarny, kontrolka miga."],
        closings: ["Pozdrawiam", "Proszę o pilny telefon."],
        notes: ["Rozmowa z klientem, prześle zdjęcie.", "Część zamówiona u dostawcy."],
        resolutions: ["Wymieniono zasilacz.", "Przywrócono ustawienia fabryczne."])

    static let turkish = Self(
        openings: [
            (.incident, "%@ artık açılmıyor"), (.request, "%@ için teknisyen gönderin lütfen"),
            (.complaint, "%@ faturası yanlış"), (.inquiry, "%@ hâlâ garanti kapsamında mı?"),
        ],
        details: ["Cihaz bu sabahtan beri çalışmıyor.", "Seri numarası %#.", "Ekran siyah, ışık yanıp sönüyor."],
        closings: ["Saygılarımla", "Lütfen bugün arayın."],
        notes: ["Müşteriyle görüşüldü, fotoğraf gönderecek.", "Parça tedarikçiden istendi."],
        resolutions: ["Güç kaynağı değiştirildi.", "Fabrika ayarlarına döndürüldü."])
}
