extension SeededRegion {
    static let german = SeededRegion(
        language: "de", weight: 30,
        givenNames: [
            "Jonas", "Lena", "Björn", "Käthe", "Maximilian", "Sophie", "Jürgen", "Anneliese", "Tobias", "Heike",
            "Felix",
            "Jana", "Günter", "Sabine", "Lukas", "Ümit", "Franziska", "Matthias", "Ingrid", "Paul",
        ],
        familyNames: [
            "Müller", "Schmidt", "Schneider", "Fischer", "Weber", "Meyer", "Wagner", "Becker", "Schäfer", "Hoffmann",
            "Köhler", "Krüger", "Groß", "Lehmann", "Kaiser", "Vogel", "Böhm", "Winkler", "Strauß", "Zimmermann",
        ],
        trades: ["Maschinenbau", "Logistik", "Bäckerei", "Elektrotechnik", "Medizintechnik", "Gartenbau", "Software"],
        companyForms: ["GmbH", "AG", "GmbH & Co. KG", "e. K."],
        providers: ["post.example", "briefkasten.example", "mail.example"],
        dialCodes: ["+49 30", "+49 40", "+49 89", "+49 171", "+49 160", "+43 1", "+41 44"])

    static let english = SeededRegion(
        language: "en", weight: 26,
        givenNames: [
            "Olivia", "James", "Amelia", "Oliver", "Grace", "Samuel", "Charlotte", "Daniel", "Emily", "Noah", "Zara",
            "William", "Priya", "Mohammed", "Hannah", "Jack", "Chloe", "Benjamin", "Isla", "George",
        ],
        familyNames: [
            "Johnson", "Smith", "Williams", "Brown", "Taylor", "Davies", "Evans", "Thomas", "O'Connor", "Walker",
            "Wright", "Robinson", "Patel", "Khan", "Thompson", "Hughes", "MacDonald", "Clarke", "Hall", "Green",
        ],
        trades: ["Logistics", "Bakery", "Robotics", "Interiors", "Consulting", "Brewing", "Analytics", "Marine"],
        companyForms: ["Ltd", "Inc.", "LLP", "plc"], providers: ["inbox.example", "mail.example", "post.example"],
        dialCodes: ["+44 20", "+44 161", "+44 7700", "+1 415", "+1 212", "+353 1", "+61 2"])

    static let french = SeededRegion(
        language: "fr", weight: 11,
        givenNames: [
            "Amélie", "Benoît", "Chloé", "Étienne", "Françoise", "Gaël", "Hélène", "Loïc", "Margaux", "Théo", "Zoé",
            "Jérôme",
        ],
        familyNames: [
            "Dubois", "Lefèvre", "Moreau", "Girard", "Mercier", "Rousseau", "Guérin", "Perrin", "Chevalier", "Noël",
            "Gauthier", "Bérenger",
        ],
        trades: ["Boulangerie", "Énergie", "Ateliers", "Transports", "Conseil", "Vignobles"],
        companyForms: ["SARL", "SA", "SAS"], providers: ["courrier.example", "boite.example"],
        dialCodes: ["+33 1", "+33 4", "+33 6", "+32 2"])

    static let spanish = SeededRegion(
        language: "es", weight: 10,
        givenNames: [
            "Lucía", "Martín", "Sofía", "José", "María", "Andrés", "Begoña", "Íñigo", "Carmen", "Raúl", "Ximena",
            "Óscar",
        ],
        familyNames: [
            "García", "Fernández", "González", "López", "Martínez", "Sánchez", "Pérez", "Muñoz", "Núñez", "Ibáñez",
            "Peña", "Vázquez",
        ],
        trades: ["Construcciones", "Logística", "Diseño", "Alimentación", "Energía Solar", "Consultoría"],
        companyForms: ["S.L.", "S.A.", "S.Coop."], providers: ["correo.example", "buzon.example"],
        dialCodes: ["+34 91", "+34 93", "+34 600", "+52 55"])

    static let polish = SeededRegion(
        language: "pl", weight: 7,
        givenNames: [
            "Agnieszka", "Łukasz", "Małgorzata", "Paweł", "Zofia", "Grzegorz", "Żaneta", "Michał", "Katarzyna",
            "Bogusław",
        ],
        familyNames: [
            "Nowak", "Kowalczyk", "Wiśniewski", "Wójcik", "Kamiński", "Lewandowski", "Zieliński", "Szymański",
            "Dąbrowski",
            "Król",
        ],
        trades: ["Budownictwo", "Usługi", "Meble", "Transport", "Żywność"], companyForms: ["Sp. z o.o.", "S.A."],
        providers: ["poczta.example", "skrzynka.example"], dialCodes: ["+48 22", "+48 12", "+48 601"])

    static let turkish = SeededRegion(
        language: "tr", weight: 6,
        givenNames: ["Emre", "Ayşe", "Mehmet", "Çiğdem", "Gökhan", "Şule", "Özgür", "Fatma", "İbrahim", "Elif"],
        familyNames: ["Yılmaz", "Kaya", "Demir", "Şahin", "Çelik", "Yıldız", "Öztürk", "Aydın", "Güneş", "Doğan"],
        trades: ["Tekstil", "Otomotiv", "İnşaat", "Gıda", "Yazılım"], companyForms: ["A.Ş.", "Ltd. Şti."],
        providers: ["posta.example", "mektup.example"], dialCodes: ["+90 212", "+90 312", "+90 532"])

    static let japanese = SeededRegion(
        language: "ja", weight: 3,
        givenNames: ["Yuki", "Haruto", "Sakura", "Ren", "Aoi", "Kenji", "Mio", "Takumi"],
        familyNames: ["Tanaka", "Satō", "Suzuki", "Takahashi", "Itō", "Yamamoto", "Kobayashi", "Kondō"],
        trades: ["Shōji", "Denki", "Seisakusho", "Bussan"], companyForms: ["K.K.", "G.K."],
        providers: ["tegami.example"], dialCodes: ["+81 3", "+81 6", "+81 90"])

    static let kana = SeededRegion(
        language: "ja", weight: 3,
        givenNames: ["ゆき", "はると", "さくら", "けんじ", "みほ", "ひろみ", "あおい", "りえ"],
        familyNames: ["たなか", "さとう", "すずき", "やまもと", "いとう", "こんの", "よしだ", "わたなべ"],
        trades: ["しょうじ", "でんき", "せいさく"], companyForms: ["かぶしきがいしゃ"], providers: ["tegami.example"],
        dialCodes: ["+81 3", "+81 52", "+81 80"])

    static let italian = SeededRegion(
        language: "it", weight: 4,
        givenNames: ["Giulia", "Niccolò", "Chiara", "Matteo", "Francesca", "Lorenzo", "Noemi", "Andrea"],
        familyNames: ["Rossi", "Ferrari", "Esposito", "Bianchi", "Conti", "D'Angelo", "Gallo", "Colombo"],
        trades: ["Costruzioni", "Trasporti", "Arredamenti", "Alimentari"], companyForms: ["S.r.l.", "S.p.A."],
        providers: ["lettera.example", "posta.example"], dialCodes: ["+39 02", "+39 06", "+39 340"])
}
